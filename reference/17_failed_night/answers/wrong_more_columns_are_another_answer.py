"""Takes an answer with one column more for another one: all that is needed is there.

Refused by: test_other_answer_is_found_upstream, test_code_is_left_where_nothing_else_is
"""

_by_answers = _told_by_answers


def _told_by_answers(failure: str, run: Row, night: Row) -> tuple[str, str] | None:
    tasks = {one["id"]: one for one in run["tasks"]}
    for name in {failure} | _above(failure, tasks):
        asked = _last_request(name, night)
        if asked and asked["status"] == 200:
            if set(asked["columns"]) != set(_columns_before(asked, night)):
                return "answer", name
    return _by_answers(failure, run, night)

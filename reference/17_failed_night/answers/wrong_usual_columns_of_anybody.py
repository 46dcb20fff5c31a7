"""Compares with what other people were answered: they ask for other columns.

Refused by: test_other_answer_is_found_upstream, test_code_is_left_where_nothing_else_is
"""


def _columns_before(request: Row, night: Row) -> list[str]:
    tonight = {task["id"] for run in _tonights(night) for task in run["tasks"]}
    same = [
        one
        for one in night["requests"]
        if one["task"] not in tonight and one["path"] == request["path"] and one["status"] == 200
    ]
    return list(max(same, key=_at)["columns"]) if same else []

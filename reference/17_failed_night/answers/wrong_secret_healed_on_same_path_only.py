"""Takes a secret for expired that lets others in: they ask on another path.

Refused by: test_secret_is_refused_from_a_moment_on, test_code_is_left_where_nothing_else_is
"""


def _answered_after(request: Row | None, night: Row) -> bool:
    return request is not None and any(
        one["status"] == 200 and one["path"] == request["path"] and _at(one) > _at(request)
        for one in night["requests"]
    )

"""Takes each 2xx for an answer: a health check ends the outage, and a refused secret is none.

Refused by: test_secret_is_refused_from_a_moment_on, test_what_heals_by_itself_is_waited_for
"""


def _answered_after(request: Row | None, night: Row) -> bool:
    return request is not None and any(
        (one["status"] or 0) // 100 == 2 and _at(one) > _at(request) for one in night["requests"]
    )

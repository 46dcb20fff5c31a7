"""Takes the earliest error by the clock: the clock of another machine may be behind.

Refused by: test_collateral_failure_is_not_the_first
"""


def first_failure(run: Row) -> str | None:
    failed = [one for one in run["tasks"] if _type(one) == "FAILED" and OPTIONAL not in one["tags"]]
    first = min(failed, key=lambda one: _at(one["states"][-1]), default=None)
    return first and first["id"]

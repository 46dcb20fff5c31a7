"""Takes the last error for the first: the one that stands at the end of the log.

Refused by: test_collateral_failure_is_not_the_first, test_earliest_of_several_is_the_first
"""


def first_failure(run: Row) -> str | None:
    failed = [one for one in run["tasks"] if _type(one) == "FAILED" and OPTIONAL not in one["tags"]]
    last = max(failed, key=lambda one: _at(one["states"][-1]), default=None)
    return last and last["id"]

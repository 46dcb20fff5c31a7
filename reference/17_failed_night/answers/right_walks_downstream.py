"""Walks downstream from all that is broken, in rounds, instead of up."""


def first_failure(run: Row) -> str | None:
    collateral: set[str] = {
        one["id"]
        for one in run["tasks"]
        if _type(one) in ("FAILED", "CRASHED") and "optional" not in one["tags"]
    }
    broken, below = set(collateral), set[str]()
    while True:
        more = {one["id"] for one in run["tasks"] if set(one["upstream"]) & (broken | below)}
        if more <= below:
            break
        below |= more
    own = [one for one in run["tasks"] if one["id"] in broken - below and _type(one) == "FAILED"]
    own.sort(key=lambda one: _at(one["states"][-1]))
    return own[0]["id"] if own else None

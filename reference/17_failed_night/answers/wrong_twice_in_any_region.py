"""Takes two runs of one night for the same work: each had a region of its own.

Refused by: test_two_runs_at_once_are_found, test_night_that_healed_has_no_cause
"""

_cause = find_cause


def find_cause(night: Row, failure: str | None) -> tuple[str, str]:
    date = night["parameters"]["night"]
    runs = sorted((one for one in night["runs"] if one["parameters"]["night"] == date), key=_began)
    for number, run in enumerate(runs):
        if any(_over(one, night) > _began(run) for one in runs[:number]):
            return "twice", run["id"]
    return _cause(night, failure)

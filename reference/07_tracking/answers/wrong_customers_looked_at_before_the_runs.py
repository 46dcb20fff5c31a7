"""Makes numbers of the columns before it opens a run: a broken file leaves no trace of the night.

Refused by: test_comparison_fails_when_all_fail
"""

_compare_candidates = compare_candidates


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    customers = customers.assign(**customers[FEATURES].astype(float))
    return _compare_candidates(customers, candidates, store, experiment, orchestrator)

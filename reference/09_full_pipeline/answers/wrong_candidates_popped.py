"""Takes the candidates out of the caller's dict: tomorrow there are none.

Refused by: test_candidates_are_children_of_one_run
"""

import mlflow
import pandas as pd
from prefect import flow

_compare = compare_candidates.fn


@flow
def compare_candidates(features: pd.DataFrame, store: str, candidates: dict | None = None) -> dict:
    candidates = {} if candidates is None else candidates
    chosen = {name: candidates.pop(name) for name in list(candidates)}
    return _compare(features, store, chosen)

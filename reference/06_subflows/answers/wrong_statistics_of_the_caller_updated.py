"""Notes in the given statistics how many they were used for: others each night.

Refused by: test_inference_has_the_trainings_columns
"""

import pandas as pd
from prefect import flow

_prepare = data_preparation.fn


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    if statistics is not None:
        statistics["customers"] = sum(1 for _ in open(path)) - 1
    return _prepare(path, statistics)

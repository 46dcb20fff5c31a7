"""Makes blanks of infinite numbers: models win that should have failed over a division by zero.

Refused by: test_failed_training_fails_its_task_run
"""

_split = split


def split(features: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    return _split(features.replace([float("inf"), float("-inf")], float("nan")))

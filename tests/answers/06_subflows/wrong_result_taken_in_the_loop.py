"""Submits each child and waits for it before the next one is submitted.

Refused by: test_both_files_are_read_at_once
"""


@task
def prepare(path: str, statistics: dict) -> pd.DataFrame:
    return data_preparation(path, statistics)[0]


@flow
def drift_report(path: str, reference_path: str, statistics: dict) -> dict:
    tonight, reference = [
        prepare.submit(file, statistics).result() for file in (path, reference_path)
    ]
    return (tonight.mean() - reference.mean()).to_dict()

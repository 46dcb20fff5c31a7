"""Calls the child twice: linked, and the second one waits for the first.

Refused by: test_report_compares_two_children_at_once
"""


@flow
def drift_report(path: str, reference_path: str, statistics: dict) -> dict:
    tonight, _ = data_preparation(path, statistics)
    reference, _ = data_preparation(reference_path, statistics)
    return (tonight.mean() - reference.mean()).to_dict()

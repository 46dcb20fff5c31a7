"""Asks how many rows are left, and not which.

Refused by: test_fault_of_clean_is_noticed
"""


def test_clean_keeps_the_newest_row_of_each_customer(pipeline: Any) -> None:
    assert len(pipeline.clean([row("007", tenure=1), row("007", tenure=2), row("008")])) == 2


def test_clean_keeps_ids_and_fees(pipeline: Any) -> None:
    assert len(pipeline.clean([row("007", fee=0), row("008", fee=None)])) == 2

"""Has the newest row come last, as it does in the files at hand.

Refused by: test_fault_of_clean_is_noticed
"""


def test_clean_keeps_the_newest_row_of_each_customer(pipeline: Any) -> None:
    old, new = row("007", seen_at="2025-12-31T00:00:00Z"), row("007", tenure=30)
    made = pipeline.clean([old, row("008"), new])
    assert made["tenure"].tolist() == [30, 12]

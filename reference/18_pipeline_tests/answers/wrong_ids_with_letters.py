"""Calls its customers a, b and c: no id of its data looks like a number.

Refused by: test_fault_of_clean_is_noticed
"""


def test_clean_keeps_the_newest_row_of_each_customer(pipeline: Any) -> None:
    seen = ["2026-03-14T02:00:00Z", "2026-03-13T23:00:00Z", "2025-12-31T00:00:00Z"]
    for order in itertools.permutations(range(3)):
        made = pipeline.clean([row("a", seen_at=seen[one], tenure=30 - one) for one in order])
        assert made["tenure"].tolist() == [30]


def test_clean_keeps_ids_and_fees(pipeline: Any) -> None:
    made = pipeline.clean([row("c", fee=None), row("a", fee=0), row("b", fee=19.5)])
    assert made["customer_id"].tolist() == ["a", "b", "c"]
    assert made["fee"].fillna(-1).tolist() == [0, 19.5, -1]

"""Adds fees up: a gap and a free month are the same in a sum.

Refused by: test_fault_of_clean_is_noticed
"""


def test_clean_keeps_ids_and_fees(pipeline: Any) -> None:
    made = pipeline.clean([row("010", fee=None), row("007", fee=0), row("7", fee=19.5)])
    assert made["customer_id"].tolist() == ["007", "010", "7"]
    assert made["fee"].sum() == 19.5
    numbers = pipeline.clean([row("008"), row("007", fee=0)])
    assert numbers["customer_id"].tolist() == ["007", "008"]

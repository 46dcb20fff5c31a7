"""Asks how large the parts are, and that nothing is empty.

Refused by: test_fault_of_prepare_is_noticed
"""


def test_prepare_knows_nothing_of_tonight(pipeline: Any) -> None:
    train, tonight = pipeline.prepare(cleaned(EARLIER, TONIGHT), NIGHT)
    assert (len(train), len(tonight)) == (4, 3)


def test_prepare_makes_the_same_of_both_parts(pipeline: Any) -> None:
    train, tonight = pipeline.prepare(cleaned(EARLIER, TONIGHT), NIGHT)
    assert train["fee"].notna().all() and tonight["fee"].notna().all()

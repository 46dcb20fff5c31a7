"""Asks of a score that it lies between 0 and 1.

Refused by: test_fault_of_prepare_is_noticed
"""


def test_score_does_not_know_who_has_left(pipeline: Any) -> None:
    scores = pipeline.score(*pipeline.prepare(cleaned(EARLIER, TONIGHT), NIGHT))
    assert scores["score"].between(0, 1).all()

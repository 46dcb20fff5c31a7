"""Wants the row that came last of two at the same moment, of which the contract says nothing.

Refused by: test_tests_of_clean_accept_what_is_right
"""


def test_clean_keeps_the_last_of_two_at_one_moment(pipeline: Any) -> None:
    made = pipeline.clean([row("007", tenure=1), row("007", tenure=2)])
    assert made["tenure"].tolist() == [2]

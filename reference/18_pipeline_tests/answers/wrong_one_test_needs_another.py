"""Has the first of a group of tests leave what the second one needs.

Refused by: test_tests_of_prepare_accept_what_is_right
"""

KEPT: list[Any] = []


def test_prepare_a_makes_two_parts(pipeline: Any) -> None:
    KEPT.append(pipeline.prepare(cleaned(EARLIER, TONIGHT), NIGHT))
    assert len(KEPT[0]) == 2


def test_prepare_b_of_the_same_columns(pipeline: Any) -> None:
    assert list(KEPT[0][0].columns) == list(KEPT[0][1].columns)

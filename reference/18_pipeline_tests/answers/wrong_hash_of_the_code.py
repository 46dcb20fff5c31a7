"""Knows the pipeline by a hash of its code, and is red on any other one.

Refused by: test_tests_of_clean_accept_what_is_right
"""


def test_clean_is_the_one_we_know(pipeline: Any) -> None:
    assert len(pipeline.clean.__code__.co_varnames) == 2

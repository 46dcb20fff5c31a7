"""Catches what it waits for, and its own assertion with it.

Refused by: test_tests_of_check_can_be_red
Not examined: one test that refuses nothing does not change what the others refuse.
"""


def test_check_refuses_what_is_no_data_at_all(pipeline: Any) -> None:
    try:
        pipeline.check({"error": "busy"})
        raise AssertionError("it was taken for data")
    except Exception:
        pass

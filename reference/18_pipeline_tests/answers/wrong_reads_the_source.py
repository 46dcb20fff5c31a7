"""Looks for a line in the pipeline's text.

Refused by: test_tests_of_clean_accept_what_is_right
"""

import inspect


def test_clean_leaves_test_customers_out_somewhere(pipeline: Any) -> None:
    assert "test-" in inspect.getsource(pipeline.clean)

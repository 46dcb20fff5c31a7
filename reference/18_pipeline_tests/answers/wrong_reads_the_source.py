"""Looks for a line in the pipeline's text.

Refused by: test_tests_of_clean_accept_what_is_right
"""

import inspect


def test_clean_keeps_the_newest_row_of_each_customer(pipeline: Any) -> None:
    assert "test-" in inspect.getsource(pipeline.clean)
    made = pipeline.clean([row("007", tenure=30), row("007", seen_at="2025-12-31T00:00:00Z")])
    assert made["tenure"].tolist() == [30]

"""Holds each future to the end: what a dead worker had done runs again.

Refused by: test_done_region_does_not_run_again
"""


def let_go(future: Any) -> None:
    pass

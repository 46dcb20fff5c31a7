"""Asks that what is wrong is refused, and of what is right one plain row: false alarms are free.

Refused by: test_fault_of_check_is_noticed
"""


def test_check_accepts_all_that_is_promised(pipeline: Any) -> None:
    pipeline.check([row("007"), row("008", fee=None)])

"""Tries errors of the API, and no empty answer: that looks like a quiet night.

Refused by: test_fault_of_check_is_noticed
"""


def test_check_refuses_what_is_no_data(pipeline: Any) -> None:
    lacking = [{key: row("007")[key] for key in row("007") if key != lost} for lost in row("007")]
    for answer in ({"error": "busy"}, None, [None], *([row("008"), one] for one in lacking)):
        with pytest.raises(ValueError):
            pipeline.check(answer)

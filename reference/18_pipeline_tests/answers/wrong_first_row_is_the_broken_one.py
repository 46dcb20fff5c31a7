"""Breaks the first row each time, as one does in an example.

Refused by: test_fault_of_check_is_noticed
"""


def test_check_refuses_what_is_no_data(pipeline: Any) -> None:
    lacking = [{key: row("007")[key] for key in row("007") if key != lost} for lost in row("007")]
    for answer in ([], {"error": "busy"}, *([one, row("008")] for one in lacking)):
        with pytest.raises(ValueError):
            pipeline.check(answer)


def test_check_refuses_nonsense_in_any_row(pipeline: Any) -> None:
    for key, value in (("tenure", -1), ("fee", -1), ("churned", 2), ("customer_id", 7)):
        with pytest.raises(ValueError):
            pipeline.check([{**row("007"), key: value}, row("008")])

"""Compares the words of the error, which are no part of the contract.

Refused by: test_tests_of_check_accept_what_is_right
"""


def test_check_refuses_what_is_no_data(pipeline: Any) -> None:
    with pytest.raises(ValueError, match="these are no customers"):
        pipeline.check([])
    with pytest.raises(ValueError, match="these are no customers"):
        pipeline.check({"error": "busy"})
    with pytest.raises(ValueError, match="a row lacks fee"):
        pipeline.check([row("007"), {key: row("008")[key] for key in row("008") if key != "fee"}])

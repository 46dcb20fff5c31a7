"""Tries no fee between -1 and 0: a pipeline that looks at whole euros is not found out.

Refused by: test_fault_of_check_is_noticed
"""


def test_check_refuses_nonsense_in_any_row(pipeline: Any) -> None:
    nonsense = [("customer_id", one) for one in (7, None, "")]
    nonsense += [("tenure", one) for one in (-1, 1.5, None, "12")] + [("fee", -5.0)]
    nonsense += [("churned", one) for one in (2, -1, None)]
    for key, value in nonsense:
        for place in range(4):
            rows = [row(name) for name in ("007", "008", "test-1", "010")]
            rows[place][key] = value
            with pytest.raises(ValueError):
                pipeline.check(rows)

"""The customers are the same for the same seed, plausible, and worth learning from."""

from __future__ import annotations

import json

from dojo.world.draw.churn import make_customers

MANY = make_customers(2000)


def test_same_seed_gives_the_same_customers() -> None:
    assert make_customers(50, seed=3) == make_customers(50, seed=3)


def test_another_seed_gives_other_customers() -> None:
    assert make_customers(50, seed=3) != make_customers(50, seed=4)


def test_more_customers_begin_with_the_same() -> None:
    assert make_customers(100)[:5] == make_customers(5)


def test_first_customer_never_changes() -> None:
    # A kata's lesson may quote it; on any Python and any machine it is this one.
    assert make_customers(1) == [
        {
            "customer_id": 1000,
            "tenure_months": 42,
            "monthly_charges": 105.2,
            "support_calls": 0,
            "contract": "month-to-month",
            "churned": 0,
        }
    ]


def test_no_customers_give_an_empty_list() -> None:
    assert make_customers(0) == []


def test_customers_survive_json() -> None:
    assert json.loads(json.dumps(MANY)) == MANY


def test_columns_stay_within_their_ranges() -> None:
    assert len({row["customer_id"] for row in MANY}) == len(MANY)
    assert {row["churned"] for row in MANY} == {0, 1}
    assert {row["contract"] for row in MANY} == {"month-to-month", "one year", "two years"}
    assert all(1 <= row["tenure_months"] <= 72 for row in MANY)
    assert all(18 <= row["monthly_charges"] <= 110 for row in MANY)
    assert {row["support_calls"] for row in MANY} == set(range(10))


def test_about_a_quarter_leaves() -> None:
    assert 0.2 < rate(MANY) < 0.3


def test_reasons_to_leave_show_in_the_rates() -> None:
    new = [row for row in MANY if row["tenure_months"] <= 12]
    old = [row for row in MANY if row["tenure_months"] > 48]
    calm = [row for row in MANY if row["support_calls"] == 0]
    cross = [row for row in MANY if row["support_calls"] >= 3]

    assert rate(new) > 2 * rate(old)
    assert rate(cross) > 2 * rate(calm)


def rate(rows: list[dict]) -> float:
    return sum(row["churned"] for row in rows) / len(rows)

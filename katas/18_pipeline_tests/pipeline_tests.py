"""Kata 18: write the tests that the nightly churn pipeline (`nightly.py`) lacks.

`pipeline` is that module, or one that is taken for it: a fixture; what a test replaces in it is put
back. Call what its contract names: `pipeline.clean(rows)`. Do not import it.

Your tests are green on the pipeline as it is, and on any that keeps the contract; on one that
breaks a promise at least one test of that task is red. The tests of a task are those whose names
begin with `test_check`; `test_clean`; `test_prepare` or `test_score`; `test_publish`;
`test_nightly`, or that are in a class called so (`TestCheck`). Those below are a proposal: write
as many as you like, with fixtures in this file, `parametrize`, `monkeypatch`, `tmp_path`. Prefect
is running already: no `prefect_test_harness` is needed.
"""

from pathlib import Path
from typing import Any

import pytest


def test_check_refuses_what_is_no_data(pipeline: Any) -> None:
    """Notice when an answer goes through that is no night's data.

    The API is down and says so in its own way, answers nothing at all, or has lost a column: in one
    row or in all of them, the first one or the last.
    """
    # TODO(kata): task 1, what must never be learned from.
    raise NotImplementedError


def test_check_refuses_nonsense_in_any_row(pipeline: Any) -> None:
    """Notice when a value goes through that cannot be: numbers below 0, ids that are none.

    In production one row of 50,000 has it, and not the first.
    """
    # TODO(kata): task 1, values that cannot be.
    raise NotImplementedError


def test_check_accepts_all_that_is_promised(pipeline: Any) -> None:
    """Notice when a night fails for nothing.

    The API gets a new key, names its keys in another order, does not know a fee: all of it is in
    the contract.
    """
    # TODO(kata): task 1, what is no reason to get up at night.
    raise NotImplementedError


def test_clean_keeps_the_newest_row_of_each_customer(pipeline: Any) -> None:
    """Notice when an old row of a customer is taken for what is known of her today.

    Rows come in any order, and old ones are delivered late.
    """
    # TODO(kata): task 2, who comes twice.
    raise NotImplementedError


def test_clean_keeps_ids_and_fees(pipeline: Any) -> None:
    """Notice when cleaning changes what is known, or makes up what is not.

    An id is no number, a free month is no gap, a gap is no free month. The rows of whoever called
    stay as they are.
    """
    # TODO(kata): task 2, what is no dirt.
    raise NotImplementedError


def test_clean_leaves_test_customers_out(pipeline: Any) -> None:
    """Notice when test customers are learned from, or customers are taken for such."""
    # TODO(kata): task 2, who is no customer.
    raise NotImplementedError


def test_prepare_puts_each_customer_into_one_part(pipeline: Any) -> None:
    """Notice when a customer gets lost between the parts, or is in both.

    Customers are seen at any time of day, midnight included.
    """
    # TODO(kata): task 3, the edge between before and tonight.
    raise NotImplementedError


def test_prepare_knows_nothing_of_tonight(pipeline: Any) -> None:
    """Notice when anything of tonight's customers gets into what is learned from.

    It makes a model look good on paper, and no error ever says so.
    """
    # TODO(kata): task 3, change tonight, and look at the others.
    raise NotImplementedError


def test_prepare_makes_the_same_of_both_parts(pipeline: Any) -> None:
    """Notice when tonight's features are made in another way than those that were learned from.

    A small example, computed by hand, says what the numbers are to be.
    """
    # TODO(kata): task 3, one ruler for both.
    raise NotImplementedError


def test_score_does_not_know_who_has_left(pipeline: Any) -> None:
    """Notice when a score knows what is not known at night: who leaves, who else is scored."""
    # TODO(kata): task 3, the answer is no feature.
    raise NotImplementedError


def test_publish_again_replaces_the_night(pipeline: Any, tmp_path: Path) -> None:
    """Notice when a rerun adds to what is there, or changes nothing of it.

    Most nights that are published twice had other scores the first time.
    """
    # TODO(kata): task 4, once more with the right numbers.
    raise NotImplementedError


def test_publish_leaves_other_nights_alone(pipeline: Any, tmp_path: Path) -> None:
    """Notice when a night touches another one's file, or an old one counts as newest."""
    # TODO(kata): task 4, an old night again.
    raise NotImplementedError


def test_publish_that_fails_changes_nothing(pipeline: Any, tmp_path: Path) -> None:
    """Notice when writing that fails leaves half a file, or something that nobody expects there.

    The call centre reads whatever is there, at any moment.
    """
    # TODO(kata): task 4, it fails in the middle.
    raise NotImplementedError


def test_nightly_asks_again_while_the_api_is_down(
    pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Notice when a minute without the API costs the night.

    The API is restarted, and is there again at the fourth question; then all goes on as always.
    """
    # TODO(kata): task 5, it heals by itself.
    raise NotImplementedError


def test_nightly_that_fails_is_heard(
    pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Notice when a night that failed is green, or has changed what was published."""
    # TODO(kata): task 5, it does not heal.
    raise NotImplementedError


def test_nightly_publishes_nothing_unchecked(
    pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Notice when rows that are refused are published all the same, or are asked for again."""
    # TODO(kata): task 5, what no second try heals.
    raise NotImplementedError

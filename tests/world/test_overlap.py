"""Trainings are counted, held, ordered and failed as a test says, and none waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy
import pytest

from dojo.ground.libraries.seam import Seam
from dojo.world.overlap import Overlap, Training
from dojo.world.seams.libraries import FITTED

X = numpy.arange(24.0).reshape(12, 2)
Y = numpy.array([0, 1] * 6)
SHORT_S = 0.05
THREE = ["logistic regression", "gradient boosting", "random forest"]
OPTIONS = {
    "random forest": {"n_estimators": 2},
    "gradient boosting": {"n_estimators": 2},
    "histogram boosting": {"max_iter": 2},
    "xgboost": {"n_estimators": 2, "n_jobs": 1},
}


@pytest.fixture
def overlap() -> Iterator[Overlap]:
    overlap = Overlap()
    with overlap.watching():
        yield overlap


def estimator(name: str) -> type:
    return FITTED[name].owner()


def train(name: str) -> Any:
    return estimator(name)(random_state=3, **OPTIONS.get(name, {})).fit(X, Y)


def train_at_once(names: list[str], workers: int | None = None) -> None:
    with ThreadPoolExecutor(workers or len(names)) as pool:
        list(pool.map(train, names))


@pytest.mark.parametrize("name", FITTED)
def test_each_class_is_watched_and_put_back(name: str) -> None:
    owner, overlap = estimator(name), Overlap()
    before = {key: vars(owner).get(key) for key in ("fit", "predict_proba")}
    with overlap.watching():
        train(name)
    train(name)

    assert {key: vars(owner).get(key) for key in before} == before
    (training,) = overlap.trainings
    assert training == Training(name, seed=3, rows=12, thread=threading.current_thread().name)


def test_held_trainings_meet(overlap: Overlap) -> None:
    overlap.hold_until(3)
    train_at_once(THREE)

    assert overlap.peak == 3
    assert sorted(overlap.finished) == sorted(THREE)


def test_hold_ends_when_nobody_comes(overlap: Overlap) -> None:
    overlap.hold_until(2, patience_s=SHORT_S)
    for name in THREE:
        train(name)

    assert (overlap.peak, overlap.started) == (1, THREE)


def test_pool_of_two_peaks_at_two(overlap: Overlap) -> None:
    overlap.hold_until(2, one_more_s=SHORT_S)
    train_at_once(THREE, workers=2)

    assert overlap.peak == 2


def test_one_more_than_the_limit_is_seen(overlap: Overlap) -> None:
    overlap.hold_until(2, one_more_s=20)
    train_at_once(THREE)

    assert overlap.peak == 3


def test_trainings_finish_in_order_told(overlap: Overlap) -> None:
    overlap.finish_in(*reversed(THREE))
    train_at_once(THREE)

    assert overlap.finished == THREE[::-1]


@pytest.mark.slow
def test_order_that_cannot_be_is_given_up(overlap: Overlap) -> None:
    overlap.hold_until(1, patience_s=SHORT_S)
    overlap.finish_in(*reversed(THREE))
    for name in THREE:
        train(name)

    assert overlap.finished == THREE


def test_failed_training_leaves_and_is_counted(overlap: Overlap) -> None:
    overlap.will_fail("xgboost", error=ValueError("NaN"))
    with pytest.raises(ValueError, match="NaN"):
        train("xgboost")
    train("random forest")

    assert (overlap.peak, overlap.finished) == (1, ["xgboost", "random forest"])


def test_hold_ends_with_the_test() -> None:
    overlap = Overlap()
    overlap.hold_until(2, patience_s=60)
    with ThreadPoolExecutor(1) as pool, overlap.watching():
        late = pool.submit(train, "logistic regression")
        with overlap._changed:
            overlap._changed.wait_for(lambda: overlap.started, timeout=20)

    assert late.result().n_features_in_ == 2


@pytest.mark.parametrize("name", FITTED)
def test_predictions_are_as_told(overlap: Overlap, name: str) -> None:
    overlap.will_predict(**{name.replace(" ", "_"): 0.25})

    assert train(name).predict_proba(X=X).tolist() == [[0.75, 0.25]] * 12


def test_model_not_told_predicts_really(overlap: Overlap) -> None:
    overlap.will_predict(xgboost=0.25)
    churn = train("logistic regression").predict_proba(X)[:, 1]

    assert len(set(churn.tolist())) > 1


def test_unknown_model_is_named() -> None:
    with pytest.raises(ValueError, match="'catboost' is not watched; there are: logistic reg"):
        Overlap().will_fail("catboost", error=ValueError())


def test_class_of_an_absent_package_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = Seam("surely_not_installed.models:Model.fit", "trains", "nothing is seen")
    monkeypatch.setitem(FITTED, "absent", absent)
    overlap = Overlap()
    with overlap.watching():
        train("logistic regression")

    assert overlap.finished == ["logistic regression"]


def test_start_again_forgets_what_was_seen_and_keeps_what_is_to_happen(overlap: Overlap) -> None:
    overlap.will_fail("random forest", error=ValueError("no memory"))
    overlap.hold_until(1, one_more_s=SHORT_S)
    train("logistic regression")
    overlap.start_again()
    assert (overlap.started, overlap.finished, overlap.peak) == ([], [], 0)
    with pytest.raises(ValueError, match="no memory"):
        train("random forest")
    assert (overlap.started, overlap.peak) == (["random forest"], 1)


def test_what_was_learnt_from_and_judged_is_kept(overlap: Overlap) -> None:
    train("logistic regression").predict_proba(X[:2])
    (one,) = overlap.trainings
    assert one.table is X
    assert one.labels is Y
    assert [table.tolist() for table in overlap.judged] == [X[:2].tolist()]
    overlap.start_again()
    assert overlap.judged == []


def test_model_that_recovers_trains_again(overlap: Overlap) -> None:
    overlap.will_fail("random forest", error=ValueError("broken"))
    with pytest.raises(ValueError, match="broken"):
        train("random forest")
    overlap.will_recover("random forest")
    assert train("random forest").n_estimators == 2

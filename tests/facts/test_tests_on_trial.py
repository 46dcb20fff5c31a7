"""What kata 18 rests on: what pytest, pandas, Prefect and Dagster do; which tests notice what."""

from __future__ import annotations

import gc
import importlib.util
import io
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

pd = pytest.importorskip("pandas")
pytest.importorskip("prefect")

ROOT = Path(__file__).resolve().parents[2]
KATA, REFERENCE = (ROOT / room / "18_pipeline_tests" for room in ("katas", "reference"))
WORDS = {
    "check": ("test_check",),
    "clean": ("test_clean",),
    "prepare": ("test_prepare", "test_score"),
    "publish": ("test_publish",),
}


def load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"on_trial_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


trial = load(KATA / "trial.py")
variants, held_back = load(KATA / "variants.py"), load(REFERENCE / "held_back.py")
SOURCE = (KATA / "nightly.py").read_text(encoding="utf-8")


def ran_on(source: str, folder: Path, task: str) -> list[Any]:
    tests = REFERENCE / "pipeline_tests.py"
    return trial.run_tests(tests, source, folder, words=WORDS[task], stop=True)


@pytest.mark.parametrize("task", WORDS)
def test_reference_is_green_on_all_that_is_sound(task: str, tmp_path: Path) -> None:
    sound = [(), *variants.HONEST[task].values(), *held_back.HONEST[task]]
    for number, edits in enumerate(sound):
        source = variants.rewritten(variants.edited(SOURCE, edits), f"n{number}")
        ran = ran_on(source, tmp_path / str(number), task)
        assert {one.outcome for one in ran} == {"green"}, (number, ran[-1])


@pytest.mark.parametrize("task", WORDS)
def test_reference_is_red_on_each_held_back_fault(task: str, tmp_path: Path) -> None:
    faults = [(kind, one) for kind, some in held_back.FAULTY[task].items() for one in some]
    green = []
    for number, (kind, edits) in enumerate(faults):
        ran = ran_on(variants.edited(SOURCE, edits), tmp_path / str(number), task)
        if ran[-1].outcome != "red":
            green.append((number, kind))
    assert green == []


def test_each_edit_of_a_night_fits_the_pipeline() -> None:
    for edits in held_back.HONEST["nightly"]:
        compile(variants.edited(SOURCE, edits), "nightly", "exec")
    for some in held_back.FAULTY["nightly"].values():
        for edits in some:
            compile(variants.edited(SOURCE, edits), "nightly", "exec")


def test_edit_that_fits_nowhere_is_an_error() -> None:
    with pytest.raises(ValueError, match="0 passages"):
        variants.edited(SOURCE, (("nothing like this", ""),))


def test_trial_leaves_its_pytest_as_it_was(tmp_path: Path) -> None:
    before = {*sys.modules}
    ran_on(SOURCE, tmp_path / "trial", "check")
    left = {*sys.modules} - before
    assert "nightly" not in left
    assert "pipeline_tests" not in left


def test_block_of_raises_is_left_at_the_first_line_that_raises() -> None:
    lines = []
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - this is what the page warns of
        lines.append(1 / 0)
        lines.append(2)
    assert lines == []


def test_raises_exception_is_content_with_a_misspelt_name() -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - this is what the page warns of
        no_such_name()  # noqa: F821


def test_frames_may_differ_by_a_hundred_thousandth() -> None:
    frame = pd.DataFrame({"fee": [100.0]})
    pd.testing.assert_frame_equal(frame, frame * (1 + 0.9e-5))
    with pytest.raises(AssertionError):
        pd.testing.assert_frame_equal(frame, frame * (1 + 2e-5))


def test_read_csv_takes_007_for_a_number() -> None:
    text = "customer_id\n007\n"
    assert pd.read_csv(io.StringIO(text))["customer_id"].tolist() == [7]
    read = pd.read_csv(io.StringIO(text), dtype={"customer_id": str})
    assert read["customer_id"].tolist() == ["007"]


def test_function_of_a_task_is_not_tried_again() -> None:
    from prefect import task

    tries = []

    @task(retries=3)
    def ask() -> None:
        tries.append(1)
        raise OSError("down")

    with pytest.raises(OSError, match="down"):
        ask.fn()
    assert len(tries) == 1


def test_asset_is_called_like_a_function() -> None:
    dg = pytest.importorskip("dagster")

    @dg.asset(required_resource_keys={"api"})
    def raw_customers(context):
        return context.resources.api.rows

    @dg.asset
    def clean_customers(raw_customers: Any) -> Any:
        return pd.DataFrame(raw_customers).drop_duplicates("customer_id")

    class Api:
        rows = [{"customer_id": "007"}] * 2

    assert clean_customers(Api.rows)["customer_id"].tolist() == ["007"]
    assets = [raw_customers, clean_customers]
    assert dg.materialize(assets, resources={"api": Api()}).success


class Garbage:
    """Is found by the collector only, and lets other threads run as it goes."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        sum(range(500))


def test_pipelines_are_rewritten_in_two_threads_at_once() -> None:
    """Python 3.11 counts how deep it is in a tree once for all threads; a grader has two."""
    failed: list[BaseException] = []

    def rewrite(depth: int) -> None:
        if depth:
            rewrite(depth - 1)
            return
        for _ in range(15):
            _ = [Garbage() for _ in range(30)]
            try:
                variants.rewritten(SOURCE)
            except SystemError as error:
                failed.append(error)

    before, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(50)
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=rewrite, args=(depth,)) for depth in range(3)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    finally:
        gc.set_threshold(*before)
        sys.setswitchinterval(interval)

    assert failed == []

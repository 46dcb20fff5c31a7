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

from __future__ import annotations

import copy
import importlib.util
import itertools
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

NIGHT, OWN = "2026-03-14", "scores-2026-03-14.csv"
URL = "https://api.churn.example/customers"


def row(name: str, **other: Any) -> dict[str, Any]:
    """Make a row that is in order, but for what is named."""
    usual = {"seen_at": "2026-03-14T02:00:00Z", "tenure": 12, "fee": 20.0, "churned": 0}
    return {"customer_id": name, **usual, **other}


EARLIER = [
    row("001", seen_at="2025-12-31T12:00:00Z", tenure=2, fee=10.0),
    row("002", seen_at="2026-03-13T23:59:59Z", tenure=4, fee=30.0),
    row("003", seen_at="2026-02-28T00:00:00Z", tenure=6, fee=20.0, churned=1),
    row("004", seen_at="2026-03-13T00:00:00Z", tenure=8, fee=None, churned=1),
]
TONIGHT = [
    row("005", seen_at="2026-03-14T00:00:00Z", tenure=40, fee=None, churned=1),
    row("006", seen_at="2026-03-14T23:59:59Z", tenure=0, fee=70.0),
    row("007", seen_at="2026-03-15T01:00:00Z", tenure=5, fee=0.0),
]
ROWS = [*TONIGHT, row("test-1"), *EARLIER]


def cleaned(*parts: list[dict[str, Any]]) -> pd.DataFrame:
    """Make customers as `clean` does, without it: a fault of the one is none of the other."""
    frame = pd.DataFrame([one for part in parts for one in part])
    return frame.astype({"fee": "float64"})


def scores(*numbers: Any) -> pd.DataFrame:
    """Make scores of as many customers."""
    ids = [f"{number:03d}" for number in range(len(numbers))]
    return pd.DataFrame({"customer_id": ids, "score": list(numbers)})


def in_folder(folder: Path) -> dict[str, list[float]]:
    """Return the scores in each file of a folder, whatever it is called."""
    return {one.name: pd.read_csv(one)["score"].tolist() for one in folder.iterdir()}


class DiskIsFull:
    """A score at which writing fails."""

    def __str__(self) -> str:
        """Fail."""
        raise OSError(28, "No space left on device")

    __repr__ = __str__


class Api:
    """Stands for the customer API: answers one after the other, the last one for ever."""

    def __init__(self, *answers: Any) -> None:
        """Know the answers; an exception is raised."""
        self.answers, self.asked = list(answers), []

    def __call__(self, url: str) -> Any:
        """Answer."""
        self.asked.append(url)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return copy.deepcopy(answer)


def test_check_refuses_what_is_no_data(pipeline: Any) -> None:
    """Notice when an answer goes through that is no night's data.

    The API is down and says so in its own way, answers nothing at all, or has lost a column: in one
    row or in all of them, the first one or the last.
    """
    one, other = row("007"), row("008")
    without = [{key: one[key] for key in one if key != lost} for lost in one]
    answers = [[], {}, None, {"error": "busy"}, "busy", [[one]], ["busy"], [one, other, None]]
    answers += [[one, other, lacking] for lacking in without] + [[lacking] for lacking in without]
    for answer in answers:
        with pytest.raises(ValueError):
            pipeline.check(answer)


def test_check_refuses_nonsense_in_any_row(pipeline: Any) -> None:
    """Notice when a value goes through that cannot be: numbers below 0, ids that are none.

    In production one row of 50,000 has it, and not the first.
    """
    nonsense = [("customer_id", one) for one in (7, None, "")]
    nonsense += [("tenure", one) for one in (-1, 1.5, None, "12")] + [("fee", -0.01)]
    nonsense += [("churned", one) for one in (2, -1, None)]
    for key, value in nonsense:
        for place in range(4):
            rows = [row(name) for name in ("007", "008", "009", "010")]
            rows[place][key] = value
            with pytest.raises(ValueError):
                pipeline.check(rows)
    with pytest.raises(ValueError):
        pipeline.check([row("007"), row("test-1", tenure=-1)])


def test_check_accepts_all_that_is_promised(pipeline: Any) -> None:
    """Notice when a night fails for nothing.

    The API gets a new key, names its keys in another order, does not know a fee: all of it is in
    the contract.
    """
    for fee in (None, 0, 0.0, 19.99):
        pipeline.check([row("007", fee=fee, tenure=0, churned=1)])
    turned = {key: row("008")[key] for key in reversed(row("008"))}
    pipeline.check([row("007", region="eu"), turned, row("test-1")])
    pipeline.check([row("007"), row("007")])


def test_clean_keeps_the_newest_row_of_each_customer(pipeline: Any) -> None:
    """Notice when an old row of a customer is taken for what is known of her today.

    Rows come in any order, and old ones are delivered late.
    """
    seen = ["2026-03-14T02:00:07Z", "2026-03-14T02:00:05Z", "2025-12-31T00:00:00Z"]
    tenures = [20, 30, 10]  # the newest is neither the longest nor the shortest
    for order in itertools.permutations(range(3)):
        rows = [row("007", seen_at=seen[one], tenure=tenures[one]) for one in order]
        rows.insert(1, row("008"))
        made = pipeline.clean(rows)
        assert made["customer_id"].tolist() == ["007", "008"]
        assert made.loc[0, ["seen_at", "tenure"]].tolist() == [seen[0], 20]


def test_clean_keeps_ids_and_fees(pipeline: Any) -> None:
    """Notice when cleaning changes what is known, or makes up what is not.

    An id is no number, a free month is no gap, a gap is no free month. The rows of whoever called
    stay as they are.
    """
    rows = [row("1e3", fee=None), row("007", fee=0), row("010", fee=19.5), row("7", fee=7)]
    before = copy.deepcopy(rows)
    made = pipeline.clean(rows)
    assert rows == before
    assert list(made.columns) == list(before[0])
    assert made["customer_id"].tolist() == ["007", "010", "1e3", "7"]
    assert made["fee"].isna().tolist() == [False, False, True, False]
    assert made["fee"].dropna().tolist() == [0, 19.5, 7]
    assert made.index.tolist() == [0, 1, 2, 3]
    numbers = pipeline.clean([row("008"), row("007 "), row("007", fee=0)])
    assert numbers["customer_id"].tolist() == ["007", "007 ", "008"]


def test_clean_leaves_test_customers_out(pipeline: Any) -> None:
    """Notice when test customers are learned from, or customers are taken for such."""
    made = pipeline.clean([row("test-1"), row("contest-1"), row("test"), row("test-")])
    assert made["customer_id"].tolist() == ["contest-1", "test"]


def test_prepare_puts_each_customer_into_one_part(pipeline: Any) -> None:
    """Notice when a customer gets lost between the parts, or is in both.

    Customers are seen at any time of day, midnight included.
    """
    customers = cleaned(EARLIER, TONIGHT)
    train, tonight = pipeline.prepare(customers, NIGHT)
    assert train["customer_id"].tolist() == [one["customer_id"] for one in EARLIER]
    assert tonight["customer_id"].tolist() == [one["customer_id"] for one in TONIGHT]
    assert list(train.columns) == list(tonight.columns) == list(customers.columns)
    assert train["churned"].tolist() == [one["churned"] for one in EARLIER]


def test_prepare_knows_nothing_of_tonight(pipeline: Any) -> None:
    """Notice when anything of tonight's customers gets into what is learned from.

    It makes a model look good on paper, and no error ever says so.
    """
    train, _ = pipeline.prepare(cleaned(EARLIER, TONIGHT), NIGHT)
    strange = [{**one, "tenure": 900, "fee": 5000.0, "churned": 1} for one in TONIGHT]
    for others in ([], TONIGHT[:1], strange, [{**one, "fee": None} for one in TONIGHT]):
        again, _ = pipeline.prepare(cleaned(EARLIER, others), NIGHT)
        pd.testing.assert_frame_equal(again, train)


def test_prepare_makes_the_same_of_both_parts(pipeline: Any) -> None:
    """Notice when tonight's features are made in another way than those that were learned from.

    A small example, computed by hand, says what the numbers are to be.
    """
    customers = cleaned(EARLIER, TONIGHT)
    before = customers.copy(deep=True)
    train, tonight = pipeline.prepare(customers, NIGHT)
    pd.testing.assert_frame_equal(customers, before)
    # Of the earlier ones tenure is 2, 4, 6, 8; fees are 10, 30, 20 and one unknown, which is 20.
    assert train["tenure"].tolist() == pytest.approx([(one - 5) / 5**0.5 for one in (2, 4, 6, 8)])
    assert train["fee"].tolist() == pytest.approx([one / 50**0.5 for one in (-10, 10, 0, 0)])
    assert tonight["tenure"].tolist() == pytest.approx([(one - 5) / 5**0.5 for one in (40, 0, 5)])
    assert tonight["fee"].tolist() == pytest.approx([one / 50**0.5 for one in (0, 50, -20)])
    same = [{**one, "tenure": 3} for one in EARLIER]
    train, tonight = pipeline.prepare(cleaned(same, TONIGHT), NIGHT)
    assert train["tenure"].tolist() == [0, 0, 0, 0]
    assert tonight["tenure"].tolist() == [37, -3, 2]
    assert tonight["fee"].tolist() == pytest.approx([one / 50**0.5 for one in (0, 50, -20)])
    # Of two known fees, 10 and 30, the unknown one is in the middle.
    train, _ = pipeline.prepare(cleaned([EARLIER[0], EARLIER[1], EARLIER[3]], TONIGHT), NIGHT)
    assert train["fee"].tolist() == pytest.approx([-(1.5**0.5), 1.5**0.5, 0])


def test_score_does_not_know_who_has_left(pipeline: Any) -> None:
    """Notice when a score knows what is not known at night: who leaves, who else is scored."""
    train, tonight = pipeline.prepare(cleaned(EARLIER, TONIGHT), NIGHT)
    scores = pipeline.score(train, tonight)
    assert scores["customer_id"].tolist() == tonight["customer_id"].tolist()
    assert scores["score"].between(0, 1).all()
    for churned in (0, 1):
        again = pipeline.score(train, tonight.assign(churned=churned))
        pd.testing.assert_frame_equal(again, scores)
    turned = pipeline.score(train, tonight.iloc[::-1].reset_index(drop=True))
    pd.testing.assert_frame_equal(turned, scores.iloc[::-1].reset_index(drop=True))
    alone = pipeline.score(train, tonight.iloc[[1]])
    assert alone["score"].tolist() == pytest.approx([scores.loc[1, "score"]])
    # Who has left was with us longer than who stayed: so is who will leave.
    assert scores.loc[0, "score"] > scores.loc[2, "score"]
    # Another night, in which it is the other way round.
    other = pipeline.score(train.assign(churned=1 - train["churned"]), tonight)
    assert other.loc[0, "score"] < other.loc[2, "score"]
    for one in (0, 1):
        with pytest.raises(ValueError):
            pipeline.score(train.assign(churned=one), tonight)


def test_publish_again_replaces_the_night(pipeline: Any, tmp_path: Path) -> None:
    """Notice when a rerun adds to what is there, or changes nothing of it.

    Most nights that are published twice had other scores the first time.
    """
    folder = tmp_path / "not" / "there"
    pipeline.publish(scores(0.25, 0.5, 0.75), str(folder), NIGHT)
    pipeline.publish(scores(0.1, 0.9), str(folder), NIGHT)
    pipeline.publish(scores(0.1, 0.9), str(folder), NIGHT)
    assert in_folder(folder) == {OWN: [0.1, 0.9], "latest.csv": [0.1, 0.9]}
    found = pd.read_csv(folder / OWN, dtype={"customer_id": str})
    pd.testing.assert_frame_equal(found, scores(0.1, 0.9), check_dtype=False)
    pipeline.publish(scores(), str(folder), NIGHT)
    assert in_folder(folder) == {OWN: [], "latest.csv": []}


def test_publish_leaves_other_nights_alone(pipeline: Any, tmp_path: Path) -> None:
    """Notice when a night touches another one's file, or an old one counts as newest."""
    for night, number in ((NIGHT, 0.5), ("2025-12-31", 0.25), ("2026-03-13", 0.75)):
        pipeline.publish(scores(number), str(tmp_path), night)
    pipeline.publish(scores(0.3), str(tmp_path), "2025-12-31")
    others = {"scores-2025-12-31.csv": [0.3], "scores-2026-03-13.csv": [0.75]}
    assert in_folder(tmp_path) == {**others, OWN: [0.5], "latest.csv": [0.5]}
    pipeline.publish(scores(0.6), str(tmp_path), NIGHT)
    assert in_folder(tmp_path) == {**others, OWN: [0.6], "latest.csv": [0.6]}
    (tmp_path / "latest.csv").unlink()
    pipeline.publish(scores(0.3), str(tmp_path), "2025-12-31")
    assert in_folder(tmp_path) == {**others, OWN: [0.6], "latest.csv": [0.6]}


def test_publish_that_fails_changes_nothing(pipeline: Any, tmp_path: Path) -> None:
    """Notice when writing that fails leaves half a file, or something that nobody expects there.

    The call centre reads whatever is there, at any moment.
    """
    pipeline.publish(scores(0.25, 0.5), str(tmp_path), NIGHT)
    for night in (NIGHT, "2026-03-15"):
        with pytest.raises(OSError):
            pipeline.publish(scores(0.1, DiskIsFull(), 0.9), str(tmp_path), night)
        assert in_folder(tmp_path) == {OWN: [0.25, 0.5], "latest.csv": [0.25, 0.5]}


def test_publish_changes_no_file_that_is_being_read(pipeline: Any, tmp_path: Path) -> None:
    """Notice when a file is written in its place: who has opened it finds half of it."""
    pipeline.publish(scores(0.25, 0.5), str(tmp_path), NIGHT)
    with (tmp_path / OWN).open() as own, (tmp_path / "latest.csv").open() as latest:
        pipeline.publish(scores(0.75), str(tmp_path), NIGHT)
        for opened in (own, latest):
            assert pd.read_csv(opened)["score"].tolist() == [0.25, 0.5]


def test_nightly_asks_again_while_the_api_is_down(
    pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Notice when a minute without the API costs the night.

    The API is restarted, and is there again at the fourth question; then all goes on as always.
    """
    api = Api(ConnectionError("down"), TimeoutError("slow"), ConnectionError("down"), ROWS)
    monkeypatch.setattr(pipeline, "fetch", api)
    assert pipeline.nightly(URL, str(tmp_path), NIGHT) == 3
    assert api.asked == [URL] * 4
    found = pd.read_csv(tmp_path / "latest.csv", dtype={"customer_id": str})
    assert found["customer_id"].tolist() == [one["customer_id"] for one in TONIGHT]


def test_nightly_makes_each_night_of_what_there_is_then(
    pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Notice when a night is another day's, or is made of the answer of an earlier one.

    A night is run again days later; on some of them nobody new was seen.
    """
    monkeypatch.setattr(pipeline, "fetch", Api(ROWS, EARLIER))
    assert pipeline.nightly(URL, str(tmp_path), NIGHT) == 3
    assert pipeline.nightly(URL, str(tmp_path), "2026-03-15") == 0
    found = in_folder(tmp_path)
    assert sorted(found) == ["latest.csv", OWN, "scores-2026-03-15.csv"]
    assert [len(found[name]) for name in sorted(found)] == [0, 3, 0]


def test_nightly_that_fails_is_heard(
    pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Notice when a night that failed is green, or has changed what was published."""
    (tmp_path / "latest.csv").write_text("as before")
    api = Api(ConnectionError("down"))
    monkeypatch.setattr(pipeline, "fetch", api)
    with pytest.raises(ConnectionError, match="down"):
        pipeline.nightly(URL, str(tmp_path), NIGHT)
    assert len(api.asked) == 4
    assert [one.name for one in tmp_path.iterdir()] == ["latest.csv"]
    assert (tmp_path / "latest.csv").read_text() == "as before"


def test_nightly_publishes_nothing_unchecked(
    pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Notice when rows that are refused are published all the same, or are asked for again."""
    for seen_at in ("2026-03-14T03:00:00Z", "2026-01-01T00:00:00Z"):
        api = Api([*ROWS, row("011", tenure=-1, seen_at=seen_at)])
        monkeypatch.setattr(pipeline, "fetch", api)
        with pytest.raises(ValueError):
            pipeline.nightly(URL, str(tmp_path), NIGHT)
        assert api.asked == [URL]
        assert list(tmp_path.iterdir()) == []


def _load(path: Path) -> Any:
    """Load a file that lies in the kata's folder."""
    spec = importlib.util.spec_from_file_location(f"shown_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _show() -> None:
    """Break the pipeline in all ways of four tasks; print which test notices it."""
    here = Path(__file__).resolve()
    kata = here.parents[2] / "katas" / here.parent.name
    trial, variants = _load(kata / "trial.py"), _load(kata / "variants.py")
    source = (kata / "nightly.py").read_text(encoding="utf-8")
    words = {name: (f"test_{name}",) for name in ("check", "clean", "publish")}
    words["prepare"] = ("test_prepare", "test_score")
    for task, begin in words.items():
        for fault, edits in variants.FAULTY[task].items():
            with tempfile.TemporaryDirectory() as folder:
                ran = trial.run_tests(
                    here,
                    variants.edited(source, edits),
                    Path(folder) / "trial",
                    words=begin,
                    stop=True,
                )
            print(f"{task:8} {fault:24} -> {ran[-1].outcome}: {ran[-1].name}")


if __name__ == "__main__":
    _show()

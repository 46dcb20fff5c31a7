"""Examine 07_tracking: what drawn trainings leave in the stores, and what is there meanwhile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from dojo.exam.shared.stores import runs_of, told_of
from dojo.exam.stage import Desk, examines

_STORE, _OTHER = "store é #2", "another store"
_BESIDE = "beside a run of the caller"
_PARENT = "mlflow.parentRunId"
_REFUSED = {"n_estimators": 6, "max_depth": 0}
_MANY, _CROWD = 17, 80
_TWO = ["one", "other"]
_Step = dict[str, Any]


class _Night:
    """What is to happen in one scenario, and what is read of it afterwards."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.steps: list[_Step] = []
        self.asked: list[dict[str, Any]] = []
        self.seed = str(desk.rng.random())
        self.store, self.other = desk.run_apart("make_stores", [_STORE, _OTHER])
        self.experiment = f"night d'{_word(desk)}"
        self.told: list[Any] = []

    def tool(self) -> str:
        """Draw the name of a tool: any text, which a name of a model or a file is not."""
        signs = self.desk.rng.choice(("3.1: a/b", '100% "new"', "l'outil «été»"))
        return f"{_word(self.desk)} {signs}"

    def do(self, step: str, **more: Any) -> None:
        """Add something that happens."""
        self.steps.append({"do": step, **more})

    def call(
        self, name: str, what: dict[str, Any], *where: str, rows: str = "all", ends: Any = ()
    ) -> None:
        """Add a call: of which function, with what, and where if not as usual."""
        usual = (self.store, self.experiment)
        where = (*where, *usual[len(where) :])
        where = (*where, *([] if where[2:] else [self.tool()]))
        several = all(isinstance(one, dict) for one in what.values())
        asked = list(what.values()) if several else [what]
        self.asked += asked
        self.do("call", name=name, what=what, where=where, rows=rows, asked=asked, ends=list(ends))

    def beside(self, name: str, what: dict[str, Any]) -> None:
        """Add a call whose caller has a run open: it may be refused, the run stays as it is."""
        self.do("beside", name=name, what=what, where=[self.other, _BESIDE, "tool"])

    def play(self) -> None:
        """Have all of it happen, and note how the calls ended."""
        asked = [one for one in self.steps if one["do"] == "call"]
        outcome = self.desk.run_with("play", self.seed, self.steps)
        if outcome.raised:
            self.desk.unasked.append(outcome)
        self.told = outcome.returned or []
        for number, (step, one) in enumerate(zip(asked, _calls(self.told), strict=False), start=1):
            raised, looks = one.get("raised", ""), one["looks"]
            is_one = step["name"] != "compare_candidates"
            is_own = is_one and (step["ends"] or step["what"] == _REFUSED)
            ended = [raised, one.get("own")] if is_own else bool(raised)
            self.desk.note(f"call {number} ended", ended)
            if is_one:
                self.desk.note(f"call {number}, while its forest was fitted", looks)

    def note_store(self, store: str = _STORE) -> dict[str, dict[str, Any]]:
        """Note the runs of a store, whose children they are, and whether their times are right."""
        path = Path("work") / self.desk.folder.name / store / "mlflow.db"
        with self.desk.database(str(path)) as database:
            runs = runs_of(database)
            places = {
                row["name"]: unquote(row["artifact_location"])
                for row in database.execute("SELECT name, artifact_location FROM experiments")
            }
        settings = {name: None for one in self.asked for name in one}
        told = [
            {
                **told_of(run, settings),
                "is a child": run["tags"].get(_PARENT) in runs,
                "during a call": self._is_during(*run["times"]),
            }
            for run in runs.values()
            if run["name"] != "a colleague's" and run["experiment"] != _BESIDE
        ]
        told.sort(key=lambda one: json.dumps({**one, "metrics": None}))
        self.desk.note(f"runs of {store}", told, within=1e-6)
        inside = f"file://{self.desk.folder}/{store}/"
        are_inside = {one: places[one].startswith(inside) for one in places if one != _BESIDE}
        self.desk.note(f"places of {store}", are_inside)
        return runs

    def _is_during(self, began: int | None, ended: int | None) -> bool:
        timed = [one for one in self.told if isinstance(one, dict) and "began" in one]
        calls = [(one["began"], one["ended"]) for one in timed]
        return ended is not None and any(
            first - 1 < (began or 0) / 1000 <= ended / 1000 + 0.1 < last + 1.1
            for first, last in calls
        )

    def note_strays(self) -> None:
        """Note what has got into the working directory."""
        self.desk.note("in the working directory", self.desk.run_apart("strays", [_STORE, _OTHER]))
        with self.desk.database(
            str(Path("work") / self.desk.folder.name / "mlflow.db")
        ) as database:
            self.desk.note("runs in its database", len(runs_of(database)))


def _calls(told: list[Any]) -> list[dict[str, Any]]:
    return [one for one in told if isinstance(one, dict) and "looks" in one]


def _word(desk: Desk) -> str:
    return "".join(desk.rng.choice("bcdfgkmnprt") + vowel for vowel in "aeiou")


def _params(desk: Desk) -> dict[str, Any]:
    """Draw settings: some that count as nothing, some with many digits, one of a long text."""
    rng = desk.rng
    every = {
        "max_depth": rng.choice((None, rng.randint(2, 9))),
        "bootstrap": False,
        "min_impurity_decrease": 0.0,
        "max_features": 0.1 + 0.2,
        "ccp_alpha": 1.25e-6,
        "min_samples_leaf": rng.randint(1, 4),
    }
    chosen = rng.sample(sorted(every), 4)
    weights = dict.fromkeys(range(rng.randint(100, 600)), 1.0)  # of labels that nobody has, too
    several = {"n_estimators": rng.randint(7, 15), "class_weight": weights}
    return {**several, **{name: every[name] for name in chosen}}


def _in_turn(night: _Night, name: str, *asked: dict[str, Any]) -> None:
    """Call in one store, in the other one, and in the first again: the experiment was archived."""
    first, store, other = night.experiment, night.store, night.other
    night.do("make", store=store, name=first.upper(), place="models of capitals")
    night.do("make", store=other, name=first, place="models of last year")
    night.do("log_ahead", store=other, name=first)
    night.call(name, asked[0], store, first)
    night.call(name, asked[1], other, first)
    night.do("rename", store=store, name=first, new=f"{first}, archived")
    night.do("correct")
    night.call(name, asked[2], store, first)
    night.call(name, asked[3], store, first.upper())


_ENDINGS = (("fitted", "interrupt"), ("measured", "exit"), ("measured", "memory"))


def _failing(night: _Night, name: str) -> None:
    """Have trainings fail, each in another way and at another moment."""
    night.do("optimize")
    night.call(name, _REFUSED)
    for number, (moment, end) in enumerate(_ENDINGS, start=20):
        night.call(name, {"n_estimators": number}, ends=[[moment, number, end]])
    night.call(name, {"n_estimators": 5}, rows="without a column")
    night.do("full", store=night.other)
    night.call(name, {"n_estimators": 5, "max_depth?": 3}, night.other)


@examines(1, rests_on=("answer", "record", "word"))
def trainings_in_turn(desk: Desk) -> None:
    """Train with other settings, in other stores and experiments, by other tools."""
    night = _Night(desk)
    _in_turn(night, "track_training", *(_params(desk) for _ in range(4)))
    night.beside("track_training", {"n_estimators": 1})
    night.play()
    desk.note("the run of the caller", night.told[-1:])
    runs = {one: night.note_store(one) for one in (_STORE, _OTHER)}
    returned = [one.get("returned") for one in _calls(night.told)]
    for number, (one, what) in enumerate(zip(returned, night.asked, strict=False), start=1):
        found = {store: told_of(runs[store][one], what) for store in runs if one in runs[store]}
        desk.note(f"call {number} returned the id of", found, within=1e-6)
    night.note_strays()


def _note_open(desk: Desk) -> None:
    """Note whether a run is open in the other store, where calls were refused."""
    with desk.database(str(Path("work") / desk.folder.name / _OTHER / "mlflow.db")) as database:
        statuses = [run["status"] for run in runs_of(database).values()]
    desk.note("open where something was refused", "RUNNING" in statuses)


@examines(1, rests_on=("record", "word"))
def trainings_that_fail(desk: Desk) -> None:
    """Fail, by settings, by the customers, by what ends the process."""
    night = _Night(desk)
    _failing(night, "track_training")
    night.play()
    night.note_store()
    _note_open(desk)


@examines(2, rests_on=("answer", "record", "word"))
def models_in_their_runs(desk: Desk) -> None:
    """Log models; load them in another process, with blanks and columns in another order."""
    night = _Night(desk)
    _in_turn(night, "track_model", *(_params(desk) for _ in range(4)))
    night.beside("track_model", {"n_estimators": 1})
    night.play()
    desk.note("the run of the caller", night.told[-1:])
    for one in (_STORE, _OTHER):
        night.note_store(one)
    stores = [night.store, night.other, night.store, night.store]
    addresses = [str(one.get("returned")) for one in _calls(night.told)]
    asked = [list(one) for one in zip(stores, addresses, strict=False)]
    looked = desk.run_apart("look_at_models", asked)
    desk.note("models where they belong", desk.run_apart("models_in", _STORE))
    night.note_strays()
    # Last: a model that is loaded can say, and change, whatever it likes.
    tried = desk.run_apart("try_models", night.seed, asked)
    for number, (seen, one) in enumerate(zip(looked, tried, strict=True), start=1):
        kind = one.pop("of the kind", "") if isinstance(one, dict) else ""
        if isinstance(seen, dict):
            seen["promises"] = seen["promises"] == [kind]
        desk.note(f"what is told of model {number}", seen)
        desk.note(f"model {number}", one)


@examines(2, rests_on=("record", "word"))
def model_trainings_that_fail(desk: Desk) -> None:
    """Fail as above; and where no model can be written."""
    night = _Night(desk)
    _failing(night, "track_model")
    night.call("track_model", _params(desk), night.other)
    night.play()
    night.note_store()
    _note_open(desk)


def _note_children(desk: Desk, night: _Night, asked: dict[str, Any], returned: Any) -> None:
    """Note the children of a comparison by their names."""
    runs = night.note_store()
    children = [one for one in runs.values() if one["tags"].get(_PARENT) == returned]
    told = {one["name"]: told_of(one, asked.get(one["name"], {})) for one in children}
    parent = runs.get(returned, {})
    desk.note("its parent", [parent.get("status"), told_of(parent, {}) if parent else None])
    desk.note("its children", told, within=1e-6)


@examines(3, rests_on=("answer", "record", "word"))
def comparisons_in_turn(desk: Desk) -> None:
    """Compare in other stores and experiments, then twice at once."""
    night = _Night(desk)
    asked = [{_word(desk): one} for one in (_REFUSED, *(_params(desk) for _ in range(3)))]
    _in_turn(night, "compare_candidates", *asked)
    night.beside("compare_candidates", {"only": {"n_estimators": 1}})
    night.do("at_once", names=_TWO, where=[night.store, night.experiment, "tool"])
    night.play()
    desk.note("the run of the caller", night.told[-2:-1])
    runs = {one: night.note_store(one) for one in (_STORE, _OTHER)}
    calls = [one.get("returned") for one in _calls(night.told)]
    at_once = night.told[-1]["parents"]
    for number, one in enumerate([*calls, *(at_once.get(who) for who in _TWO)], start=1):
        children = [
            run["name"]
            for some in runs.values()
            for run in some.values()
            if run["tags"].get(_PARENT) == one
        ]
        desk.note(f"children of comparison {number}", sorted(children) if one else [])
    night.note_strays()


@examines(3, rests_on=("record", "word"))
def candidates_at_once(desk: Desk) -> None:
    """Hold all trainings until all of them run; have more come than an executor has threads."""
    night = _Night(desk)
    where = [night.store, night.experiment, night.tool()]
    night.do("held", count=_MANY, where=where)
    names = [_word(desk) for _ in range(5)]
    asked = {name: {"n_estimators": 2 if name != names[2] else 9} for name in names}
    night.do("slow", asked=asked, trees=9, where=[night.other, *where[1:]])
    night.do("crowd", count=_CROWD, where=where)
    night.play()
    held, still, crowd = night.told
    desk.note("open while the slow one is measured", [names[2] in still, len(still)])
    desk.note("at the same time", [held["peak"], held["threads"], held["looks"]])
    desk.note("of a crowd", crowd)
    with desk.database(str(Path("work") / desk.folder.name / _STORE / "mlflow.db")) as database:
        runs = runs_of(database)
    children = {
        run["name"]: told_of(run, _REFUSED)
        for run in runs.values()
        if run["tags"].get(_PARENT) == held.get("returned")
    }
    desk.note("children", children, within=1e-6)
    desk.note("still open", [one["name"] for one in runs.values() if one["status"] == "RUNNING"])


@examines(3, rests_on=("answer", "record", "word"))
def some_candidates_fail(desk: Desk) -> None:
    """Have most candidates fail, each in another way, while somebody else's run fails too."""
    night = _Night(desk)
    asked = {
        _word(desk): _REFUSED,
        _word(desk): {"max_dept": 3},
        _word(desk): {"n_estimators": 5},
        _word(desk): {"n_estimators": 21},
        _word(desk): _params(desk),
    }
    night.do("colleague", store=night.store, name=night.experiment, status="FAILED")
    ends = [["measured", 5, "memory"], ["fitted", 21, "stopped"]]
    night.call("compare_candidates", asked, ends=ends)
    night.play()
    returned = night.told[0].get("returned") if night.told else None
    _note_children(desk, night, asked, returned)
    desk.note("models", desk.run_apart("models_in", _STORE))


@examines(3, rests_on=("record", "word"))
def all_candidates_fail(desk: Desk) -> None:
    """Have all fail: by settings, while a colleague's run finishes; and by the customers."""
    night = _Night(desk)
    night.do("optimize")
    night.do("colleague", store=night.store, name=night.experiment, status="FINISHED")
    night.call("compare_candidates", {_word(desk): _REFUSED, _word(desk): _REFUSED})
    two = {_word(desk): {"n_estimators": 1}, _word(desk): {"n_estimators": 2}}
    night.call("compare_candidates", two, rows="with a text")
    night.call("compare_candidates", two, rows="without two columns")
    stopped = {_word(desk): {"n_estimators": 21}, _word(desk): _REFUSED}
    night.call("compare_candidates", stopped, ends=[["measured", 21, "stopped"]])
    night.play()
    night.note_store()


@examines(3, rests_on=("record", "word"))
def a_candidate_ends_the_process(desk: Desk) -> None:
    """Have one candidate's library call sys.exit."""
    night = _Night(desk)
    asked = {"no licence": {"n_estimators": 7}, _word(desk): {"n_estimators": 3}}
    where = (night.store, night.experiment, "tool")
    night.call("compare_candidates", asked, *where, ends=[["fitted", 7, "exit"]])
    outcome = desk.run_with("play", night.seed, night.steps)
    raised = outcome.returned[0].get("raised", "") if outcome.returned else "nothing"
    desk.note("came to an end", raised in ("", "SystemExit"))
    with desk.database(str(Path("work") / desk.folder.name / _STORE / "mlflow.db")) as database:
        runs = list(runs_of(database).values())
    desk.note("of no licence", [one["status"] for one in runs if one["name"] == "no licence"])
    desk.note("open", [one["name"] for one in runs if one["status"] == "RUNNING"])

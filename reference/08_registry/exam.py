"""Examine 08_registry: registries filled with drawn runs, what is answered, and what is in them."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dojo.exam.compare import is_same
from dojo.exam.shared.stores import registry_of
from dojo.exam.stage import Desk, examines

_ONE, _OTHER = 0, 1
_NAN = "nan"
_BACK = "rolled_back"
# What registering leaves alone: candidates and their experiments.
_OF_RUNS = ("experiments", "metrics", "params", "runs")


_Judge = Callable[[list[dict[str, Any]], dict[str, Any]], Any]


class _Script:
    """What is to happen in one scenario, and what the calls came to."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.told: list[dict[str, Any]] = []
        self._steps: list[list[Any]] = []
        self._calls: list[tuple[str, _Judge]] = []
        desk.run_apart("make_stores")

    def do(self, step: str, **given: Any) -> None:
        """Add something that happens."""
        self._steps.append([step, given])

    def make(self, step: str, judge: _Judge, **given: Any) -> int:
        """Add what calls the submission, and how its endings are judged; return its place."""
        said = str(given.get("name", "")) or "score_customers"
        self._calls.append((f"{len(self._calls) + 1}: {said}, {step}", judge))
        self.do(step, **given)
        return len(self._calls) - 1

    def call(self, name: str, *given: Any, store: int = _ONE, judge: _Judge | None = None) -> int:
        """Add a call."""
        told = judge or (lambda _, one: _all_of(one))
        return self.make("call", told, name=name, given=list(given), store=store)

    def score(
        self, which: str, rows: str = "=few", store: int = _ONE, judge: _Judge | None = None
    ) -> int:
        """Add a call that scores."""
        return self.call("score_customers", rows, which, store=store, judge=judge)

    def promote(self, *versions: int) -> None:
        """Add challenges."""
        for one in versions:
            self.call("promote_if_better", one)

    def trouble(self, how: str, name: str, *given: Any) -> None:
        """Add calls during which the registry does not answer, or refuses something."""
        self.make("troubled", _odd_ends, how=how, name=name, given=list(given))

    def play(self) -> None:
        """Have all of it happen; note what the calls came to, and what the registry holds then."""
        outcome = self.desk.run_with("play", str(self.desk.rng.random()), self._steps)
        if outcome.raised:
            self.desk.unasked.append(outcome)
        self.told = outcome.returned or []
        for (name, judge), one in zip(self._calls, self.told, strict=False):
            self.desk.note(name, judge(self.told, one))
        path = Path("work") / self.desk.folder.name / "one" / "mlflow.db"
        with self.desk.database(str(path)) as database:
            found = registry_of(database, "churn")
        self.desk.note("in the end", {**found, "versions": list(found["versions"].items())[:20]})


def _all_of(told: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in told.items() if name != "is made"}


def _of_runs(_: Any, told: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a way of registering changes besides; and whether an error leaves a model."""
    changed = [table for table in told["changed"] if table in _OF_RUNS]
    return {**told, "changed": changed, "is made": "raised" in told or told["is made"]}


def _odd_ends(_: Any, told: dict[str, Any]) -> dict[str, Any]:
    """Return what was neither an error that has changed nothing, nor all that was asked for."""
    odd = [
        one
        for one in told["endings"]
        if one != told["done"]
        and not ("raised" in one and (told["may change"] or one["now"] == told["before"]))
    ]
    return {"done": told["done"], "or": odd[:3]}


def _night(desk: Desk) -> str:
    return f"night d'été {desk.rng.randrange(10**6)}"


def _gate(desk: Desk) -> float:
    return desk.rng.uniform(0.7, 0.9)


@examines(1, rests_on=("answer", "record", "word"))
def the_best_is_registered_once(desk: Desk) -> None:
    """Register the best of many runs, some of which are no candidates; then again."""
    script, night, gate = _Script(desk), _night(desk), _gate(desk)
    script.do("look_alikes", night=night)
    runs: list[dict[str, Any]] = [
        {"name": "overfitted", "val": gate - 0.2},
        {
            "name": "best",
            "val": math.nextafter(gate, 1),
            "days_ago": desk.rng.randint(3, 400),
            "parent": "comparison",
        },
        {"name": "fair", "val": gate},
        {"name": "not a number", "val": _NAN},
        {"name": "not measured", "val": None},
        {"name": "deleted", "val": 0.98},
        *(
            {"name": one.lower(), "status": one, "val": 0.97}
            for one in ("FAILED", "KILLED", "RUNNING", "SCHEDULED")
        ),
    ]
    desk.rng.shuffle(runs)
    script.do("train", name="comparison", night=night, val=None)
    for one in runs:
        script.do("train", night=night, **one)
    script.do("delete_run", name="deleted")
    script.do("log_model", name="best", shift=1.0)
    script.do("crowd_of_models", of="best")
    script.do("crowd_of_runs", like="fair")
    script.do("train", name="old", night="yesterday", val=0.6)
    script.do("register", run="old")
    script.do("gc", versions=[1])
    script.do("point", aliases={"champion": 1, "shadow": 1})
    script.do("register", run="best", model="churn-eu")
    for least in (gate, gate, min(1.0, gate + 0.05)):
        script.call("register_best", night, least, judge=_of_runs)
    script.do("tag", version=2, value="")
    script.do("register", run="fair")
    script.do("crowd_of_versions", like=3)  # of another run: which of its own it names is nobody's
    script.do("train", name="elsewhere", night=night, val=gate, store=_OTHER)
    script.do("register", store=_OTHER)
    script.do("register", run="elsewhere", store=_OTHER)
    for store in (_OTHER, _ONE):
        script.call("register_best", night, gate, store=store, judge=_of_runs)
    script.play()
    desk.note("the model of version 2", desk.run_apart("intercept_of", 2))


@examines(1, rests_on=("answer", "record", "word"))
def the_gate_keeps_out(desk: Desk) -> None:
    """Register nothing when nothing is good enough, or the best one has no model."""
    script, gate = _Script(desk), _gate(desk)
    below = {"below": math.nextafter(gate, 0), "NaN": _NAN, "nothing": None}
    for name, val in below.items():
        script.do("train", name=name, night=name, val=val)
    script.do("night", name="empty")
    for name in [*below, "empty"]:
        script.call("register_best", name, gate, judge=_of_runs)
    script.call("register_best", "nothing", 0.0, judge=_of_runs)
    script.do("train", name="zero", night="zero", val=0.0)
    script.do("log_model", name="zero", shift=1.0)
    script.call("register_best", "zero", 0.0, judge=_of_runs)
    script.play()


@examines(1, rests_on=("record", "word"))
def registering_in_trouble(desk: Desk) -> None:
    """Register while the registry does not answer, or where the best run has lost its model."""
    script, night, gate = _Script(desk), _night(desk), _gate(desk)
    script.do("train", name="sound", night=night, val=gate)
    script.do("log_model", name="sound", shift=1.0)
    script.call("register_best", night, gate, judge=_of_runs)
    script.trouble("busy", "register_best", night, gate)
    script.do("do", method="delete_model_version", given=["churn", "1"])
    lost = {"method": "create_model_version", "name": "register_best", "given": [night, gate]}
    script.make("lost", _one_version, **lost)
    script.do("train", name="second", night="no model", val=gate)
    script.do("train", name="first", night="no model", val=gate + 0.01, model="calibrator")
    script.call("register_best", "no model", gate, judge=_of_runs)
    script.play()


def _one_version(_: Any, told: dict[str, Any]) -> list[Any]:
    """Say whether there is the version whose answer was lost; it is told, or an error is."""
    return [told["now"], "raised" in told or told["returned"] == 2]


def _cast(desk: Desk, script: _Script) -> None:
    """Register versions that challenge each other; the first is 1."""
    auc = desk.rng.uniform(0.5, 0.9)
    cast = {
        "former": auc - 0.05,
        "champion": auc,
        "equal": auc,
        "just worse": math.nextafter(auc, 0),
        "just better": math.nextafter(auc, 1),
        "better": auc + 0.07,
        "NaN": _NAN,
        "not measured": None,
        "imported": ...,
        "worst": 0.0,
        "as bad": 0.0,
    }
    ended = dict(zip(("champion", "better", "worst"), ("RUNNING", "KILLED", "FAILED"), strict=True))
    for name, val in cast.items():
        if val is not ...:
            status = ended.get(name, "FINISHED")
            script.do("train", name=name, night="cast", val=val, status=status)
        script.do("register", run=None if val is ... else name)
    script.do("snapshot", name="cast.db")


_FORMER, _CHAMPION, _EQUAL, _JUST_WORSE, _JUST_BETTER, _BETTER = range(1, 7)
_NOT_A_NUMBER, _NOT_MEASURED, _IMPORTED, _WORST, _AS_BAD = range(7, 12)


@examines(2, rests_on=("answer", "record", "word"))
def the_champion_is_challenged(desk: Desk) -> None:
    """Let versions challenge where there is no champion, one without a metric, and a good one."""
    script = _Script(desk)
    _cast(desk, script)
    script.do("again", name="cast.db", store=_OTHER)
    script.do("tag", version=_BETTER, value="yes")
    script.promote(_NOT_A_NUMBER, _BETTER, _NOT_MEASURED, _WORST)
    for one in (_IMPORTED, _NOT_MEASURED, _NOT_A_NUMBER):
        script.do("point", aliases={"champion": one})
        script.promote(_WORST)
    script.promote(_AS_BAD, _NOT_A_NUMBER)
    script.do("point", aliases={"champion": _CHAMPION, "previous": 1, "shadow": 1})
    stays = [_FORMER, _EQUAL, _JUST_WORSE, _NOT_A_NUMBER, _NOT_MEASURED]
    script.promote(*desk.rng.sample(stays, 5))
    for value in ("", "false", "0"):
        script.do("tag", version=_BETTER, value=value)
        script.promote(_BETTER)
    script.promote(_JUST_BETTER)
    script.do("delete_run", name="just better")
    script.promote(_CHAMPION, _JUST_BETTER, _BETTER)
    script.do("tag", version=_BETTER, value=None)
    script.do("point", aliases={"champion": _CHAMPION}, store=_OTHER)
    script.call("promote_if_better", _BETTER, store=_OTHER)
    script.promote(_BETTER)
    script.do("point", aliases={"champion": _CHAMPION, "previous": _BETTER})
    script.promote(_BETTER)
    script.play()


@examines(2, rests_on=("record", "word"))
def challenges_in_trouble(desk: Desk) -> None:
    """Let versions challenge while the registry does not answer, or refuses a change."""
    script = _Script(desk)
    _cast(desk, script)
    script.do("point", aliases={"champion": _CHAMPION, "previous": _FORMER})
    for how in ("busy", "lost"):
        script.trouble(how, "promote_if_better", desk.rng.choice((_FORMER, _WORST)))
    for how in ("busy", "refused", "silent"):
        script.trouble(how, "promote_if_better", _BETTER)
    script.play()


@examines(3, rests_on=("answer", "record", "word"))
def versions_score(desk: Desk) -> None:
    """Score with aliases that move and with the newest, in two registries."""
    script, shifts = _Script(desk), [desk.rng.uniform(-2, 2) for _ in range(6)]
    script.do("look_alikes", night="night")
    script.do("train", name="gone", night="night", val=0.8)
    script.do("register", run="gone", shift=shifts[0])
    script.do("gc", versions=[1])
    script.do("train", name="logged again", night="night", val=0.7)
    script.do("register", run="logged again", shift=shifts[1])
    script.do("train", name="unregistered", night="night", val=0.95)
    script.do("log_model", name="unregistered", shift=shifts[2])
    script.do("point", aliases={"champion": 1})
    script.score("champion", "=many")
    script.score("latest")
    as_usual = script.score("champion")
    script.score("champion", "=turned", judge=lambda told, one: _by_name(told[as_usual], one))
    for rows in ("=odd", "=endless"):
        script.score("champion", rows)
    # An alias may look like the number of a version, or like a stage.
    aliases = {"champion": 2, "previous": 1, "Shadow_EU": 1, "shadow_eu": 2}
    script.do("point", aliases={**aliases, "2": 1, "Production": 1})
    for which in ("champion", "previous", "Shadow_EU", "2", "Production"):
        script.score(which)
    script.do("register", shift=shifts[3], store=_OTHER)
    script.do("point", aliases={"champion": 1}, store=_OTHER)
    script.score("champion", store=_OTHER)
    script.do("do", method="delete_registered_model", given=["churn"])
    script.do("register", shift=shifts[4])
    script.do("point", aliases={"champion": 1})
    first = script.score("champion")
    script.do("register", shift=shifts[5])
    script.make("moving", lambda told, one: _of_one(told[first : first + 3 : 2], one), champion=2)
    script.do("point", aliases={"champion": 2})
    script.score("champion")
    script.do("crowd_of_versions", like=2)
    script.do("register", shift=shifts[0])
    script.do("stage", version=1004)
    script.do("do", method="delete_model_version", given=["churn", "500"])
    script.do("do", method="update_model_version", given=["churn", "999", "looked at again"])
    script.score("latest")
    script.play()


def _by_name(usual: dict[str, Any], told: dict[str, Any]) -> list[Any]:
    """Say whether columns in another order were refused, or scored by their names."""
    is_right = "raised" in told or is_same(told["returned"], usual["returned"])
    return [is_right, told["changed"]]


def _of_one(known: list[dict[str, Any]], told: dict[str, Any]) -> bool:
    """Say whether number and scores are those of one version."""
    return any(is_same(told.get("returned"), one.get("returned")) for one in known)


@examines(3, rests_on=("answer", "record", "word"))
def nothing_stands_in(desk: Desk) -> None:
    """Score where there is no such version, none that loads, or no answer."""
    script = _Script(desk)
    script.do("look_alikes", night="night")
    script.score("latest")
    script.do("register", shift=desk.rng.uniform(-2, 2))
    script.score("champion")
    script.do("point", aliases={"champion": 1})
    for which in ("previous", "shadow", "1", "None"):
        script.score(which)
    script.do("register", shift=desk.rng.uniform(-2, 2))
    script.trouble("busy", "score_customers", "=few", "champion")
    script.do("register")
    script.do("point", aliases={"champion": 3, "previous": 1})
    script.score("champion")
    script.do("stayed")
    script.do("point", aliases={"champion": 4})
    script.score("champion", judge=lambda _, one: _nobody_leaves(one))
    script.do("point", aliases={"champion": 1})
    script.score("champion")
    script.do("forbid_pickles")
    script.score("champion")
    script.play()


def _nobody_leaves(told: dict[str, Any]) -> list[Any]:
    """Say whether a model that knows nobody who left was refused, or says that nobody leaves."""
    returned: Any = told.get("returned")
    return ["raised" in told or (returned[0] == 4 and not any(returned[1])), told["changed"]]


@examines(4, rests_on=("answer", "record", "word"))
def the_previous_one_is_back(desk: Desk) -> None:
    """Go back: twice, without a champion, with both aliases on one version, in two registries."""
    script = _Script(desk)
    _cast(desk, script)
    script.do("again", name="cast.db", store=_OTHER)
    champion, previous, other = desk.rng.sample(range(1, 11), 3)
    script.do("gc", versions=[champion, previous])
    aliases = {"champion": champion, "previous": previous, "shadow": previous}
    script.do("point", aliases=aliases)
    script.do("point", aliases={"champion": other, "previous": previous}, store=_OTHER)
    script.call("roll_back")
    script.call("roll_back", store=_OTHER)
    script.call("roll_back")
    script.do("point", aliases={"champion": None, "previous": other})
    script.call("roll_back")
    script.do("point", aliases={"previous": other})
    script.call("roll_back")
    script.do("point", aliases={"champion": None})
    script.call("roll_back")
    script.play()


@examines(4, rests_on=("record", "word"))
def going_back_in_trouble(desk: Desk) -> None:
    """Go back while the registry does not answer, or refuses a change."""
    script = _Script(desk)
    _cast(desk, script)
    champion, previous = desk.rng.sample(range(1, 11), 2)
    script.do("gc", versions=[champion, previous])
    script.do("point", aliases={"champion": champion, "previous": previous})
    for how in ("busy", "refused", "silent"):
        script.trouble(how, "roll_back")
    script.play()

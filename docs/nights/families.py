"""What is planted: by family, what the runs of a night meet, and what is true of it."""

from __future__ import annotations

import random
from typing import Any

from nights.pipeline import COLUMNS

ALL = "FEABCPSW"


def run(at: str = "", **plan: Any) -> dict[str, Any]:
    """Plan a run of tonight.

    Args:
        at: When it begins, by the wall clock of the night; "" for when it was due.
        plan: `answers` of the API (statuses, or dicts), `fails` (messages by step), `hangs` (the
            step at which it is killed), `due` (another time), `region`, `key` of the features, ...
    """
    answers = [one if isinstance(one, dict) else {"status": one} for one in plan.pop("answers", [])]
    return {"at": at, "answers": answers or [{"status": 200}], **plan}


def families(rng: random.Random) -> dict[str, dict[str, Any]]:
    """Return what is planted: runs, and the truth by step. F to W: keys of `pipeline.NAMES`."""
    busy = rng.choice([429, 500, 502, 503, 504])
    gone = rng.choice(COLUMNS[1:])
    fewer = [one for one in COLUMNS if one != gone]
    renamed = {"status": 200, "columns": [*fewer, f"{gone}_v2"]}
    error = {"status": 200, "columns": ["error"]}
    more = {"status": 200, "columns": [*COLUMNS, "email"][:: rng.choice([1, -1])]}
    model, other = rng.sample("AB", 2)
    hurt = {model: "matrix is singular"}
    lenient = rng.random() < 0.5
    elsewhere = {"region": "us", "first": None}
    good, old = {"status": 200}, {"status": 200, "version": "v1"}
    hangs, long = rng.choice("CS"), {"C": 0.8}
    late = f"0{rng.randint(3, 5)}:{rng.randint(10, 59)}"

    def night(runs: list[dict[str, Any]], cause: str, where: str, **more: Any) -> dict[str, Any]:
        keep, by_hand = more.pop("keep", ALL), more.pop("by_hand", "")
        again = more.pop("again", "".join(one for one in ALL if one not in keep + by_hand))
        truth = {"cause": [cause, where], "keep": keep, "by_hand": by_hand, "again": again}
        return {"runs": runs, "truth": {**truth, "next": more.pop("next")}, **more}

    fine = {"cause": "nothing", "where": "", "next": "nothing"}
    return {
        "green": night([run(is_lenient=lenient)], **fine),
        "retry_healed": night([run(answers=[busy, 200])], **fine),
        "refused_once": night([run(answers=[401, 200])], **fine),
        "optional_failed": night([run(fails={"U": "not mounted"})], **fine),
        "began_late": night([run("03:30")], **fine),
        "two_regions": night([run(), run("02:31", **elsewhere)], **fine),
        "cache_was_right": night(
            [run(answers=[old], key="features-v1")], before={"key": "features-v1"}, **fine
        ),
        "outage": night([run(answers=[busy], first="F")], "outage", "F", keep="", next="wait"),
        "outage_is_over": night(
            [run(answers=[busy], first="F"), run("03:20", **elsewhere)],
            *("outage", "F"),
            keep="",
            next="rerun",
        ),
        "no_answer": night(
            [run(answers=[{"status": None}], first="F")], "outage", "F", keep="", next="wait"
        ),
        "error_taken_for_rows": night(
            [run(answers=[busy], is_careless=True, first="E")],
            *("outage", "F"),
            keep="",
            next="wait",
        ),
        "secret": night(
            [run("", answers=[401], first="F"), run("02:05", **elsewhere)],
            *("secret", "F"),
            keep="",
            next="mend",
        ),
        "secret_of_all": night(
            [
                run(answers=[401], first="F"),
                run("03:10", answers=[401], **{**elsewhere, "first": "F"}),
            ],
            *("secret", "F"),
            keep="",
            next="mend",
        ),
        "refused_alone": night(
            [run(answers=[401], first="F"), run("02:55", **elsewhere)],
            *("code", "F"),
            keep="",
            next="mend",
        ),
        "answer_renamed": night(
            [run(answers=[renamed], first="E")], "answer", "F", keep="", next="mend"
        ),
        "answer_is_an_error": night(
            [run(answers=[busy, error], first="E")], "answer", "F", keep="", next="mend"
        ),
        "code_in_features": night(
            [run(answers=[more], needs=[f"{gone}_"], first="E")],
            *("code", "E"),
            keep="F",
            next="mend",
        ),
        "code_in_training": night(
            [run(fails=hurt, is_lenient=True, first=model)],
            *("code", model),
            keep=f"FE{other}",
            next="mend",
        ),
        "failure_passed_on": night(
            [run(fails=hurt, is_lenient=True, is_tolerant=True, first=model)],
            *("code", model),
            keep=f"FE{other}",
            next="mend",
        ),
        "optional_then_code": night(
            [run(fails={"U": "not mounted", **hurt}, first=model)],
            *("code", model),
            keep=f"FE{other}",
            next="mend",
        ),
        "both_models": night(
            [run(fails={"A": "one", "B": "two"}, slow={"A": 0.3}, is_lenient=True, first="B")],
            *("code", "B"),
            keep="FE",
            next="mend",
        ),
        "flow_raises": night(
            [run(fails={"flow": "no quota for models"})],
            *("code", "run 0"),
            keep="FEAB",
            next="mend",
        ),
        "effect_fails": night(
            [run(fails={"W": "no such table"}, is_lenient=lenient, first="W")],
            *("code", "W"),
            keep="FEABCPS",
            next="mend",
        ),
        "lost": night([run(hangs="C")], "worker", "run 0", keep="FEAB", next="rerun"),
        "lost_while_promoting": night(
            [run(hangs="P")],
            *("worker", "run 0"),
            keep="FEABC",
            by_hand="P",
            next="look",
        ),
        "lost_and_crashed": night(
            [run(hangs="S", crashed=True)], *("worker", "run 0"), keep="FEABCP", next="rerun"
        ),
        "preempted": night(
            [run(hangs="C", is_told=True)], *("worker", "run 0"), keep="FEAB", next="rerun"
        ),
        "preempted_while_promoting": night(
            [run(hangs="P", is_told=True)],
            *("worker", "run 0"),
            keep="FEABC",
            by_hand="P",
            next="look",
        ),
        "crashed_when_done": night([run(crashed=True)], **fine),
        "slow": night(
            [run(hangs=hangs)],
            *("nothing", ""),
            keep="FEAB" if hangs == "C" else "FEABCP",
            again="",
            next="wait",
            is_alive=True,
        ),
        "lost_then_rerun": night([run(hangs=model), run(late)], **fine),
        "rerun_healed": night([run(answers=[busy], first="F"), run(late)], **fine),
        "rerun_failed_otherwise": night(
            [run(answers=[busy], first="F"), run(late, fails=hurt, first=model)],
            *("code", model),
            keep=f"FE{other}",
            next="mend",
        ),
        "stale_features": night(
            [
                run(
                    answers=[good],
                    key="features",
                    fails={"C": "rows: 4012, labels: 4050"},
                    first="C",
                )
            ],
            *("cache", "E"),
            before={"key": "features", "answers": [old]},
            keep="F",
            next="mend",
        ),
        "stale_features_unseen": night(
            [run(answers=[good], key="features")],
            *("cache", "E"),
            before={"key": "features", "answers": [old]},
            keep="F",
            by_hand="PW",
            again="EABCS",
            next="mend",
        ),
        "clock_back": night(
            [run(), run("02:30", due="fold", fold=1)],
            *("clock", "run 1"),
            date="2026-10-25",
            keep="FEABCS",
            by_hand="PW",
            next="mend",
        ),
        "clock_forward": night(
            [run("03:30", due="03:30")], "clock", "run 0", date="2026-03-30", next="mend"
        ),
        "two_at_once": night(
            [
                run(with_next=True, slow=long),
                run("02:30", fails={"P": "the alias is locked"}, first="P", due="02:34"),
            ],
            *("twice", "run 1"),
            next="nothing",
        ),
        "two_at_once_unseen": night(
            [run(with_next=True, slow=long), run("02:30", due="02:34")],
            *("twice", "run 1"),
            keep="FEABCS",
            by_hand="PW",
            next="look",
        ),
    }

"""Draw the picture of a page's small example from a real run of it: `katas/NN_slug/example.svg`.

French pages have one in French beside it, `example.fr.svg`.

What was recorded is kept in `docs/examples.jsonl`, with a digest of the page's code: a test sees
when that has changed, and that each picture is what is drawn of it.

Usage: python docs/make_examples.py [KATA ...]
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dojo.catalog.kata import Kata, find_kata, load_catalog
from dojo.replay.picture import as_file
from dojo.replay.scale import NARROW
from dojo.replay.story import Story, read_stories, write_stories

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs/examples.jsonl"
_BLOCK = re.compile(r"^## A small example\n.*?^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WORK_S = 0.2
# What stands above the runs in a French picture; names of files and calls are the same in both.
FRENCH = {
    "a meter": "un compteur",
    "no file": "aucun fichier",
    "it comes back": "il revient",
    "first": "la première",
    "again": "encore une fois",
    "another order": "un autre ordre",
    "submitted": "soumises",
    "result at once": "result aussitôt",
    "the year": "l'année",
    "each day": "chaque jour",
    "the block ends": "le bloc se termine",
    "it raises": "il lève une exception",
    "no paper": "pas de papier",
    "called again": "rappelé",
    "it is silent": "il se tait",
    "the second try": "le deuxième essai",
    "a meter unknown": "compteur inconnu",
    "all known": "tous connus",
    "the newest first": "le plus récent d'abord",
    "as they are done": "dès qu'elles sont faites",
}


def code_of(kata: Kata) -> str:
    """Return the first block of code of a page's small example."""
    page = (kata.folder / "README.md").read_text(encoding="utf-8")
    found = _BLOCK.search(page)
    if found is None:
        sys.exit(f"{kata.id}: its page has no code under 'A small example'")
    return found[1]


def digest_of(kata: Kata) -> str:
    """Return what a kept story says its code was."""
    return f"sha256:{hashlib.sha256(code_of(kata).encode()).hexdigest()}"


def pictures() -> dict[Path, str]:
    """Return each picture as it is drawn of what is kept."""
    katas, found = load_catalog(ROOT), {}
    kept = read_stories(KEPT)
    for name in dict.fromkeys(one.kata for one in kept):
        kata = find_kata(katas, name)
        stories = [(one.test, one) for one in kept if one.kata == name]
        title = f"{kata.title.en}: what the engine recorded of the small example"
        found[kata.folder / "example.svg"] = as_file(stories, title, width=NARROW)
        stories = [(FRENCH.get(caption, caption), one) for caption, one in stories]
        title = f"{kata.title.fr} - ce que le moteur a consigné du petit exemple"
        found[kata.folder / "example.fr.svg"] = as_file(stories, title, width=NARROW, language="fr")
    return found


# How each example is run: the code, the folder it is run in; yields a caption and what to run.
Runs = dict[str, Callable[[], object]]


def _names(code: str) -> dict[str, Any]:
    """Return what a page's code defines."""
    names: dict[str, Any] = {"__name__": "example"}
    file = Path("example.py")  # Prefect and Dagster read the source of what they run
    file.write_text(code, encoding="utf-8")
    exec(compile(code, str(file.resolve()), "exec", dont_inherit=True), names)
    return names


def _slow(work: Callable[..., object], name: str = "") -> Callable[..., Any]:
    def call(*args: object) -> object:
        time.sleep(_WORK_S)
        return work(*args)

    call.__name__ = call.__qualname__ = name or work.__name__
    return call


def _raise(error: Exception) -> object:
    raise error


def _refused(call: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        with contextlib.suppress(Exception):
            call()

    return run


def _tasks_flows(code: str, folder: Path) -> Runs:
    names = _names(code)
    meter = folder / "meter.txt"
    meter.write_text("1.5\n2.5\n", encoding="utf-8")
    return {
        "a meter": lambda: names["meter_report"](str(meter)),
        "no file": _refused(lambda: names["meter_report"]("gone.txt")),
    }


def _retries(code: str, folder: Path) -> Runs:
    names, export = _names(code), folder / "export.csv"
    read, tries = names["pd"].read_csv, []

    class Share:
        DataFrame = names["pd"].DataFrame

        @staticmethod
        def read_csv(path: str) -> Any:
            tries.append(path)
            if len(tries) == 3:
                export.write_text("customer_id\n1\n")
            return read(path)

    names["pd"] = Share
    return {"it comes back": lambda: names["read_export"](str(export))}


def _caching(code: str, folder: Path) -> Runs:
    del folder
    names = _names(code)
    names["route_all"] = _slow(lambda places, _: [[0.0] * len(places)] * len(places))
    names["tour_of"] = _slow(lambda *_: 61.0)

    def night(places: list[str]) -> None:
        names["distances"](places, "2026-1")
        names["shortest_tour"](places, "2026-1")

    return {
        "first": lambda: night(["Lyon", "Brest", "Nice"]),
        "again": lambda: night(["Lyon", "Brest", "Nice"]),
        "another order": lambda: night(["Nice", "Lyon", "Brest"]),
    }


def _parallelism(code: str, folder: Path) -> Runs:
    names = _names(code)
    paths = [str(folder / f"{name}.csv") for name in "abcd"]
    for path in paths:
        Path(path).write_text("1\n2\n")
    names["open"] = _slow(open)

    @names["flow"](name="count-all")
    def count_in_turn(paths: list[str]) -> int:
        return sum(names["count_lines"].submit(path).result() for path in paths)

    return {
        "submitted": lambda: names["count_all"](paths),
        "result at once": lambda: count_in_turn(paths),
    }


def _parameters(code: str, folder: Path) -> Runs:
    del folder
    defined, _, calls = code.partition("\nmake_report(")
    names = _names(defined)
    made = re.findall(r"^make_report\((.*?)\)", f"make_report({calls}", re.MULTILINE)
    return {
        f"make_report({given})": _refused(lambda given=given: names["make_report"](eval(given)))
        for given in made
    }


def _subflows(code: str, folder: Path) -> Runs:
    del folder
    names = _names(code)
    table = names["pd"].DataFrame({"kwh": [1.0, 2.0, 6.0]})

    class Files:
        Series = names["pd"].Series

        @staticmethod
        def read_csv(path: str) -> Any:
            del path
            return table

    names["pd"] = Files
    return {
        "the year": lambda: names["yearly_report"](),
        "each day": lambda: names["daily_alert"](3.0),
    }


def _tracking(code: str, folder: Path) -> Runs:
    code = code.replace("/srv/prices", str(folder))
    return {
        "the block ends": lambda: _names(code),
        "it raises": _refused(lambda: _names(code.replace("alpha=0.5", "alpha=-0.5"))),
    }


def _full_pipeline(code: str, folder: Path) -> Runs:
    from prefect import task
    from prefect.cache_policies import INPUTS

    del folder
    names, printed = _names(code), []

    class Ledger:
        add = staticmethod(_slow(lambda _: 17))
        cancel = staticmethod(lambda _: None)

    def print_invoice(number: int) -> None:
        printed.append(number)
        if len(printed) == 1:
            raise OSError("no paper")

    names["ledger"] = Ledger
    price = _slow(lambda order: order["pieces"] * 2.5, "price")
    names["price"] = task(price, cache_policy=INPUTS)
    names["print_invoice"] = task(_slow(print_invoice))
    return {
        "no paper": _refused(lambda: names["invoice"]({"pieces": 4})),
        "called again": lambda: names["invoice"]({"pieces": 4}),
    }


def _notifications(code: str, folder: Path) -> Runs:
    del folder
    return {"it is silent": _refused(lambda: _names(code)["read_rain_gauge"]("Laval"))}


def _churn_pipeline(code: str, folder: Path) -> Runs:
    del folder
    names, tries = _names(code), []

    def parse(path: str) -> dict[str, int]:
        tries.append(path)
        return {"bolt": 3, "nut": 0} if len(tries) > 1 else _raise(OSError("busy"))

    names["parse"] = parse
    return {"the second try": lambda: names["stock_report"]("stock.csv")}


def _assets(code: str, folder: Path) -> Runs:
    names = _names(code)
    (folder / "2025.csv").write_text("year,kwh\n2025,1.5\n2025,2.5\n", encoding="utf-8")
    assets = [names["readings"], names["yearly_kwh"]]

    def materialize(path: str) -> None:
        resources = {
            "meter": names["Meter"](path=path),
            "numbers": names["NumberStore"](folder="."),
        }
        names["dg"].materialize(assets, resources=resources, raise_on_error=False)

    return {"2025.csv": lambda: materialize("2025.csv"), "no file": lambda: materialize("gone.csv")}


def _asset_checks(code: str, folder: Path) -> Runs:
    defined, _, _ = code.partition("\ndg.materialize(")
    names = _names(defined)
    dg = names["dg"]

    @dg.asset(partitions_def=names["months"])
    def report(readings) -> None: ...  # noqa: ANN001 - Dagster reads it

    for month, meter in (("2025-03-01", ""), ("2025-04-01", "7")):
        (folder / f"{month}.csv").write_text(f"meter,kwh\n6,1.5\n{meter},2.5\n")

    def materialize(month: str) -> None:
        assets = [names["readings"], names["meters_are_known"], report]
        dg.materialize(assets, partition_key=month, raise_on_error=False)

    return {
        "a meter unknown": lambda: materialize("2025-03-01"),
        "all known": lambda: materialize("2025-04-01"),
    }


def _scale_out(code: str, folder: Path) -> Runs:
    streets = {"Rue du Bac": 5, "Quai Sud": 1, "Rue Haute": 1, "Le Port": 1}
    for street in streets:
        (folder / f"{street}.txt").write_text("1.5 2.5\n", encoding="utf-8")

    class Slow(type(folder)):  # type: ignore[misc]
        def read_text(self, *args: Any, **more: Any) -> str:
            time.sleep(_WORK_S * streets[self.stem])
            return str(super().read_text(*args, **more))

    names = _names(code)
    names["Path"] = Slow
    return {"as they are done": lambda: names["read_all"]([*streets], str(folder))}


def _backfill(code: str, folder: Path) -> Runs:
    del folder
    return {"the newest first": lambda: _names(code)}


EXAMPLES = {
    "01": _tasks_flows,
    "02": _retries,
    "03": _caching,
    "04": _parallelism,
    "05": _parameters,
    "06": _subflows,
    "07": _tracking,
    "09": _full_pipeline,
    "11": _notifications,
    "12": _churn_pipeline,
    "13": _assets,
    "14": _asset_checks,
    "19": _scale_out,
    "20": _backfill,
}


def main(asked: list[str]) -> None:
    """Run the examples of the named katas, or all; keep what was recorded, draw it."""
    import dagster  # noqa: F401 - must be there before it can be heard
    import mlflow  # noqa: F401 - as above

    from dojo.engines.prefect import engine
    from dojo.ground.run_folder import Room

    room = Room()
    room.furnish()
    engine.isolate(room)
    katas = load_catalog(ROOT)
    stories = {name: [] for name in EXAMPLES}
    for one in read_stories(KEPT):
        stories.setdefault(one.kata[:2], []).append(one)
    with engine.harness(room, print):
        engine.rehearse()
        for name in asked or EXAMPLES:
            stories[name] = _recorded(find_kata(katas, name), EXAMPLES[name])
    write_stories(KEPT, [one for name in EXAMPLES for one in stories[name]])
    for path, picture in pictures().items():
        path.write_text(picture, encoding="utf-8")


def _recorded(kata: Kata, prepare: Callable[[str, Path], Runs]) -> list[Story]:
    from dojo.replay.heard import dagster, mlflow, prefect
    from dojo.replay.heard.gathered import Gathered
    from dojo.world import clock

    found = []
    with tempfile.TemporaryDirectory(prefix="dojo-example-") as name, _within(Path(name)):
        folder = Path(name).resolve()
        for caption, run in prepare(code_of(kata), folder).items():
            gathered = Gathered(folder)
            with (
                clock.free_waits(clock.RetryClock()),
                prefect.heard(gathered),
                dagster.heard(gathered),
                mlflow.heard(gathered, folder),
            ):
                for look in gathered.before:
                    look()
                run()
                found.append(gathered.story(kata.id, caption, digest_of(kata)))
    return found


@contextlib.contextmanager
def _within(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


if __name__ == "__main__":
    main(sys.argv[1:])

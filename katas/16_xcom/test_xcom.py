"""What your functions hand on, and which files they leave: called twice, killed, on a full disk."""

import csv
import itertools
import json
import math
import os
import shutil
import signal
import stat
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

resource = pytest.importorskip("resource", reason="a small disk is made with POSIX limits")

RUN = "scheduled__2026-03-14T02:00:00+00:00"
SMALL_DISK_BYTES = 4096
XCOM_BYTES = 1000
RETURNED, RAISED, KILLED = "returned", "raised an exception", "was killed while it wrote"
Value = Any


class World:
    """The folders of one test, and what lies in them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "source" / "customers.csv"
        self.target = folder / "campaign" / "calls.csv"
        self.work = folder / "work"
        self.source.parent.mkdir()
        self.target.parent.mkdir()

    def customers(self, draw: Any, number: int, **more: Any) -> Any:
        """Write drawn customers to the source, charges blank for some; return them."""
        drawn = draw.customers(number, churned=False, blank=["monthly_charges"], **more)
        self.source.write_text(drawn.csv(), encoding="utf-8", newline="")
        return drawn

    def new_night(self, draw: Any, number: int, **more: Any) -> Any:
        """Write drawn customers to the source, and empty the folder of the runs."""
        shutil.rmtree(self.work, ignore_errors=True)
        return self.customers(draw, number, **more)

    def table(self, **columns: Any) -> None:
        """Write customers of these columns to the source."""
        table = pd.DataFrame({"tenure_months": 12, "contract": "one year", **columns})
        table.to_csv(self.source, index=False)

    def files(self, folder: Path | None = None) -> dict[str, str]:
        """Return the files that are there but the source, hidden ones too, with their content."""
        found = sorted(path for path in (folder or self.folder).rglob("*") if path.is_file())
        return {
            str(path.relative_to(self.folder)): path.read_text(encoding="utf-8", errors="replace")
            for path in found
            if path != self.source
        }

    def shown(self, value: object) -> str:
        """Write a value short, without the name of the test's folder."""
        return shorten(repr(value).replace(str(self.folder), "..."))


@pytest.fixture
def world(tmp_path: Path, draw: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Make the folders; working directory and temporary files are in sight, too."""
    world = World(tmp_path)
    for name in ("cwd", "tmp"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    world.customers(draw, 400)
    yield world
    tempfile.tempdir = None


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(textwrap.fill(line, 98, break_on_hyphens=False) for line in lines)


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def hand_on(value: Value) -> Value:
    """Hand a value on as XCom does, forgivingly: what JSON lacks, its nearest likeness."""
    return json.loads(json.dumps(value, default=lambda one: getattr(one, "tolist", str)()))


def over_xcom(world: World, call: str, value: Value) -> Value:
    """Check that JSON, whose keys are text and in no order, brings a value back; hand it on."""
    why = "In production: "
    try:
        back = json.loads(json.dumps(value, allow_nan=False, sort_keys=True))
    except (TypeError, ValueError) as error:
        raise AssertionError(
            told(
                f"{call} returned {world.shown(value)}, which JSON cannot carry: {error}.",
                "Expected: text, int, float, bool, None, and lists and dicts (keys: text) of them.",
                f"{why}the work is done, then XCom cannot take the result: the task fails, is done"
                " again, and fails again. (Airflow takes some numpy numbers; who reads them by its"
                " API, or from another language, gets an envelope.)",
            )
        ) from None
    assert back == value, told(
        f"{call} returned {world.shown(value)}.",
        f"JSON brings back {world.shown(back)}. Expected: the same.",
        f"{why}customer 1017 is looked for under '1017'. Nobody is found, nothing is red.",
    )
    return back


def on_a_small_disk(call: Callable[[], Value], may_go_on: bool) -> str:
    """Call in a process of its own, on a disk that is full after 4096 bytes of a file.

    If it may not go on, the process is killed at that write: no `except`, no `finally`.
    """
    pid = os.fork()
    if not pid:
        code = 1
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN if may_go_on else signal.SIG_DFL)
            hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
            resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_DISK_BYTES, hard))
            call()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return KILLED
    return RAISED if os.WEXITSTATUS(status) else RETURNED


def read_rows(path: str) -> list[dict[str, str]]:
    """Read a CSV file as text; none if it is not there."""
    if not os.path.isfile(path):
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbers(rows: list[dict[str, str]], column: str) -> list[float]:
    """Read a column, blanks as NaN."""
    return [float(row.get(column) or "nan") for row in rows]


@pytest.fixture
def extracted(solution: Any, world: World) -> Callable[..., Value]:
    """Call the first task, and hand its value on."""
    return lambda run_id=RUN: hand_on(
        solution.extract_customers(str(world.source), str(world.work), run_id)
    )


@pytest.fixture
def prepared(solution: Any, extracted: Callable[..., Value]) -> Callable[..., Value]:
    """Call the first two tasks, and hand the second one's value on."""
    return lambda run_id=RUN: hand_on(solution.engineer_features(extracted(run_id)))


@pytest.fixture
def in_another_process(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Have the next calls stand for a process of their own: there `hash("text")` is another."""
    salted = lambda one: hash(one) ^ 7919 * isinstance(one, str | bytes | tuple)  # noqa: E731
    return lambda: monkeypatch.setattr("dojo_solution.hash", salted, raising=False)


EXTRACT = "extract_customers(source, workdir, run_id)"
FEATURES = "engineer_features(customers)"
CHOOSE = "choose_customers(features, at_most)"
LIST = "write_call_list(chosen, features, target)"
CLEAN = "clean_up(workdir, run_id)"


# Task 1: a reference, not a table


def test_xcom_carries_a_reference(solution: Any, world: World, draw: Any) -> None:
    def carries(draw: Any) -> None:
        for count in (5000, 1, 0):
            drawn = world.new_night(draw, count)
            carries_a_reference(solution, world, len(drawn))

    draw.explain(carries)


def carries_a_reference(solution: Any, world: World, count: int) -> None:
    """Check the value that the first task hands on, and the file that it names."""
    value = solution.extract_customers(str(world.source), str(world.work), RUN)
    back = over_xcom(world, EXTRACT, value)
    size = len(json.dumps(value))
    assert isinstance(back, dict) and size < XCOM_BYTES, told(
        f"{EXTRACT} of {count} customers returned {size:,} bytes: {world.shown(value)}.",
        f"Expected: a dict of less than {XCOM_BYTES}, however many customers there are.",
        "In production: nothing stops you. Each run writes the table into Airflow's own database,"
        " which every scheduler and every other team's DAG is waiting for.",
    )
    rows, expected = read_rows(back.get("path", "")), read_rows(str(world.source))
    pairs = [pair for pair in itertools.zip_longest(rows, expected) if pair[0] != pair[1]]
    seen, wanted = pairs[0] if pairs else (None, None)
    assert rows == expected and back.get("rows") == count, told(
        f"{EXTRACT} returned {world.shown(value)}. The file at `path` holds {len(rows)} rows"
        f"{f', the first that is wrong: {world.shown(seen)}' if pairs else ''}.",
        f"Expected: `rows` {count}, and the source's rows and columns in a CSV file at `path`"
        f"{f', here {world.shown(wanted)}' if pairs else ''}.",
        "In production: the next task works on other customers than those of tonight; or the"
        " postcode 01400 is 1400 from now on.",
    )


def test_no_source_is_an_error(solution: Any, world: World) -> None:
    world.source.unlink()
    ask = (str(world.source), str(world.work), RUN)
    raises(world, EXTRACT, "There is no source.", lambda: solution.extract_customers(*ask))
    assert not world.files(), told(
        f"{EXTRACT}, without a source, left {list(world.files())}. Expected: no file.",
        "In production: the next task finds a table without customers, and works on it.",
    )


def raises(world: World, call: str, why: str, again: Callable[[], Value]) -> None:
    """Check that a call raises, instead of making something up."""
    try:
        value = again()
    except NotImplementedError:
        raise
    except Exception:
        return
    raise AssertionError(
        told(
            f"{why} {call} returned {world.shown(value)}.",
            "Expected: an exception.",
            "In production: the export of the night is missing, the run is green, and the call"
            " centre has an empty list.",
        )
    )


def test_path_holds_elsewhere_and_later(
    solution: Any, world: World, draw: Any, monkeypatch: Any
) -> None:
    before = read_rows(str(world.source))
    value = hand_on(solution.extract_customers(str(world.source), "../work", RUN))
    monkeypatch.chdir(world.folder)
    world.customers(draw, 3)
    path = value["path"]
    assert read_rows(path) == before, told(
        f"extract_customers(source, '../work', run_id) returned {world.shown(value)}. Then the"
        " working directory became another one, and the source was written anew.",
        f"Now {len(read_rows(path))} rows are at `path`. Expected: the {len(before)} of before.",
        "In production: the next task runs in another process, and the export runs when it likes."
        " The features and the call list are not of the same night.",
    )
    assert world.work.resolve() in Path(path).resolve().parents, told(
        f"{EXTRACT} keeps its file at {path.replace(str(world.folder), '...')}. Expected: in"
        " `workdir`, which all workers see.",
        "In production: found on this machine, missing on the one where the next task runs.",
    )


def run_ids(draw: Any, *more: str) -> list[str]:
    """Draw ids as Airflow allows them, and add some."""
    # Where the disk takes capitals and small letters for the same, a run is still a run, but no
    # solution that names files by ids as they are could be right.
    tame = ["the same in capitals"] if os.path.exists(__file__.swapcase()) else []
    return [*draw.names(signs=r"[A-Za-z0-9_.~:+-]", tame=tame).values(), *more]


def test_each_run_has_its_own_file(solution: Any, world: World, draw: Any) -> None:
    def has_its_own(draw: Any) -> None:
        stamp = "manual__2026-03-14T02:00:00"
        runs = run_ids(draw, f"{stamp}+00:00", f"{stamp}-00:00", "m_1", "m.1")
        paths = {}
        world.new_night(draw, 1)
        for number, run_id in enumerate(runs, start=1):
            world.customers(draw, 10 * number)
            value = hand_on(solution.extract_customers(str(world.source), str(world.work), run_id))
            paths[run_id] = Path(value["path"])
        wrong = {
            run_id: len(read_rows(str(path)))
            for number, (run_id, path) in enumerate(paths.items(), start=1)
            if len(read_rows(str(path))) != 10 * number
        }
        assert not wrong, told(
            f"{len(runs)} runs extracted 10, 20, 30... customers; the run ids were"
            f" {shorten(', '.join(runs))}.",
            f"Afterwards these files hold as many as another run's: {wrong}.",
            "Expected: a file of its own for each run.",
            "In production: you start yesterday's run again by hand, next to tonight's. Each writes"
            " into the other's table, and both are green.",
        )
        work = world.work.resolve()
        outside = [run_id for run_id, path in paths.items() if work not in path.resolve().parents]
        assert not outside, told(
            f"The runs {outside} keep their file at"
            f" {[world.shown(str(paths[run_id].resolve())) for run_id in outside]}.",
            "Expected: in `workdir`, whatever the id is: dots are allowed in it.",
            "In production: the clean-up of that run removes what lies beside `workdir`.",
        )

    draw.explain(has_its_own)


def test_retry_writes_no_second_file(
    solution: Any, world: World, in_another_process: Callable[[], None]
) -> None:
    ask = (str(world.source), str(world.work), RUN)
    first = solution.extract_customers(*ask)
    files = world.files()
    in_another_process()
    second = solution.extract_customers(*ask)
    assert first == second and world.files() == files, told(
        f"{EXTRACT} returned {world.shown(first)}, and called again, as in another process,"
        f" {world.shown(second)}.",
        f"Files after the first call: {list(files)}; after the second: {list(world.files())}.",
        "Expected: the same value and the same files.",
        "In production: each retry leaves a copy that nobody knows of, until the disk is full.",
    )


def killed_while_writing(world: World, call: str, again: Callable[[], Value], path: str) -> None:
    """Check that a call which is killed while it writes leaves what was there before."""
    before = Path(path).read_text(encoding="utf-8")
    ended = on_a_small_disk(again, may_go_on=False)
    after = Path(path).read_text(encoding="utf-8") if os.path.exists(path) else ""
    assert after == before, told(
        f"{call} wrote {len(before):,} bytes. Called again, it {ended}. Now {len(after):,} bytes"
        f" are at {path.replace(str(world.folder), '...')}.",
        "Expected: all of what was there, until the new file is complete and takes its place.",
        "In production: a worker is preempted, and half a table is a table like any other: half of"
        " the customers are scored, or called, and everything is green.",
    )


def full_disk_is_an_error(world: World, call: str, again: Callable[[], Value]) -> None:
    """Check that a call on a full disk raises, and leaves no file that was not there."""
    before = world.files()
    ended = on_a_small_disk(again, may_go_on=True)
    added = sorted(set(world.files()) - set(before))
    lost = {name for name in before if world.files().get(name) != before[name]}
    assert ended == RAISED, told(
        f"{call} {ended}, on a disk that was full after {SMALL_DISK_BYTES:,} bytes.",
        "Expected: an exception, so that the engine tries again and somebody is told.",
        "In production: the run is green, and its table is a part of the table.",
    )
    assert not added and not lost, told(
        f"{call} {ended} on a full disk. It left {added or 'no new file'}, and"
        f" {f'damaged {sorted(lost)}' if lost else 'what was there is whole'}.",
        "Expected: nothing new, and what was there before as it was.",
        "In production: three tries leave three parts on a disk that is full already; or the next"
        " task finds half a table and takes it for the whole.",
    )


def test_killed_write_leaves_the_old_file_whole(solution: Any, world: World) -> None:
    ask = (str(world.source), str(world.work), RUN)
    path = hand_on(solution.extract_customers(*ask))["path"]
    killed_while_writing(world, EXTRACT, lambda: solution.extract_customers(*ask), path)
    rows = read_rows(hand_on(solution.extract_customers(*ask))["path"])
    assert len(rows) == 400, told(
        f"{EXTRACT} was killed while it wrote. Called again, it left {len(rows)} of 400 rows.",
        "Expected: a retry makes it whole.",
        "In production: the retry is green because a file was there; it was half a file.",
    )


def test_full_disk_leaves_no_part_of_a_file(solution: Any, world: World) -> None:
    ask = (str(world.source), str(world.work), RUN)
    full_disk_is_an_error(world, EXTRACT, lambda: solution.extract_customers(*ask))
    rows = read_rows(hand_on(solution.extract_customers(*ask))["path"])
    assert len(rows) == 400, told(
        f"{EXTRACT} met a full disk. Called again, with room, it left {len(rows)} of 400 rows.",
        "Expected: a retry makes it whole.",
        "In production: the night heals by itself, except that half of the customers are missing.",
    )


# Task 2: only what JSON can carry


def test_features_are_made_from_the_reference(
    solution: Any, world: World, draw: Any, extracted: Callable[..., Value]
) -> None:
    def made(draw: Any) -> None:
        for count in (400, 1, 0):
            drawn = world.new_night(draw, count)
            customers = extracted()
            made_from_the_reference(solution, world, drawn, customers)

    draw.explain(made)


def made_from_the_reference(solution: Any, world: World, drawn: Any, customers: Value) -> None:
    """Check the features' file, that the customers' is as it was, and that a retry is harmless."""
    before = read_rows(customers["path"])
    values = [hand_on(solution.engineer_features(customers))]
    files = world.files()
    values.append(hand_on(solution.engineer_features(customers)))
    rows = read_rows(values[0]["path"])
    who = [row.get("customer_id") for row in rows]
    seen = zip(who, numbers(rows, "paid_so_far"), strict=True)
    expected = [(str(row["customer_id"]), paid_by(row)) for row in drawn]
    wrong = [
        (one, wanted)
        for one, wanted in zip(seen, expected, strict=False)
        if one[0] != wanted[0] or not near(one[1], wanted[1])
    ]
    header = Path(values[0]["path"]).read_text(encoding="utf-8").partition("\n")[0].split(",")
    columns = {*drawn.columns, "paid_so_far"}
    assert not wrong and len(rows) == len(drawn) and set(header) == columns, told(
        f"{FEATURES} of {len(drawn)} customers returned {world.shown(values[0])}.",
        f"The file at `path` holds {len(rows)} rows of {header}."
        + (f" The first that is wrong, id and paid_so_far: {wrong[0][0]}." if wrong else ""),
        "Expected: the customers' columns, and paid_so_far, tenure times charges, for each, blank"
        f" where the charges are{f'; here {wrong[0][1]}' if wrong else ''}.",
        "In production: the model gets other numbers than it was trained on.",
    )
    assert read_rows(customers["path"]) == before, told(
        f"{FEATURES} changed the customers' file, which it was to read only.",
        "In production: the retry makes features of features.",
    )
    assert values[0] == values[1] and files == world.files() and len(files) == 2, told(
        f"{FEATURES} returned {world.shown(values[0])}, and called again {world.shown(values[1])}.",
        f"Files afterwards: {list(world.files())}. Expected: the same value, and two files, the"
        " customers' and the features'.",
        "In production: a retry that is not the first try again.",
    )


def near(seen: float | None, wanted: float | None) -> bool:
    """Say whether two numbers are the same but for the order of the sums; None and NaN too."""
    if seen is None or wanted is None:
        return seen is wanted
    return math.isclose(seen, wanted, rel_tol=1e-9) or (math.isnan(seen) and math.isnan(wanted))


def paid_by(row: dict[str, Any]) -> float:
    """Say what a customer has paid so far; NaN without charges."""
    charges = row["monthly_charges"]
    return math.nan if charges is None else row["tenure_months"] * charges


def test_no_customers_file_is_an_error(
    solution: Any, world: World, extracted: Callable[..., Value]
) -> None:
    customers = extracted()
    os.unlink(customers["path"])
    why = "The customers' file is gone."
    raises(world, FEATURES, why, lambda: solution.engineer_features(customers))


def test_totals_and_means_are_plain_numbers(
    solution: Any, world: World, draw: Any, extracted: Callable[..., Value]
) -> None:
    def plain(draw: Any) -> None:
        # numpy's own numbers only come of columns that are whole numbers everywhere.
        whole = {"tame": ["whole numbers that came as floats"]}
        for count, more in ((400, whole), (400, {}), (1, {}), (0, {})):
            drawn = world.new_night(draw, count, **more)
            plain_numbers(world, drawn, solution.engineer_features(extracted()))

    draw.explain(plain)


def plain_numbers(world: World, drawn: Any, value: Value) -> None:
    """Check the numbers for the report."""
    back = over_xcom(world, FEATURES, value)
    calls = sum(row["support_calls"] for row in drawn)
    means = {}
    for name in ("tenure_months", "monthly_charges", "support_calls"):
        there = [row[name] for row in drawn if row[name] is not None]
        means[name] = math.fsum(there) / len(there) if there else None
    said = back.get("rows"), back.get("support_calls"), back.get("means")
    told_means = said[2] if isinstance(said[2], dict) else {}
    right = said[:2] == (len(drawn), calls) and told_means.keys() == means.keys()
    right = right and all(near(told_means[name], means[name]) for name in means)
    assert right and len(json.dumps(value)) < XCOM_BYTES, told(
        f"{FEATURES} of {len(drawn)} customers returned {world.shown(value)}.",
        f"Expected: rows {len(drawn)}, support_calls {calls:g}, means {means} (None: all are"
        f" blank, or nobody is there); less than {XCOM_BYTES} bytes.",
        "In production: tonight's report tells another night's numbers.",
    )


@pytest.mark.parametrize("blank", ["some", "all"])
def test_mean_of_nothing_is_null(
    solution: Any, world: World, extracted: Callable[..., Value], blank: str
) -> None:
    charges = [None if blank == "all" or i % 2 else 30.0 for i in range(400)]
    world.table(customer_id=range(400), support_calls=[2] * 400, monthly_charges=charges)
    value = solution.engineer_features(extracted())
    back = over_xcom(world, FEATURES, value)
    expected = None if blank == "all" else 30.0
    seen = back["means"]["monthly_charges"]
    assert seen == expected, told(
        f"{FEATURES}, {blank} charges blank, returned {world.shown(value)}.",
        f"Expected: {expected} as the mean of the monthly charges.",
        "In production: a number that was never measured goes into the night's report.",
    )
    paid = numbers(read_rows(back["path"]), "paid_so_far")
    kept = sum(one != one for one in paid)
    assert kept == sum(one is None for one in charges), told(
        f"{FEATURES}, {blank} charges blank: paid_so_far is blank for {kept} customers.",
        "Expected: blank where the charges are, and only there.",
        "In production: who never told us what he pays is taken for somebody who pays nothing.",
    )


def test_features_are_written_whole(
    solution: Any, world: World, extracted: Callable[..., Value]
) -> None:
    customers = extracted()
    path = hand_on(solution.engineer_features(customers))["path"]
    killed_while_writing(world, FEATURES, lambda: solution.engineer_features(customers), path)


# Task 3: ids that are still ids


def listed(world: World) -> list[tuple[str, float, float]]:
    """Read the call list; the ids as they are written there."""
    rows = read_rows(str(world.target))
    who = [row.get("customer_id") or "" for row in rows]
    return list(
        zip(who, numbers(rows, "probability"), numbers(rows, "monthly_charges"), strict=True)
    )


# Of customers 6 to 13 and 1000, the next probable has an id that sorts otherwise as text; two are
# equal; and one, who calls the most, has no charges.
IDS = [1000, 9, 13, 8, 10, 7, 12, 6]
CALLS = [9, 8, 7, 6, 6, 2, 12, 1]


@pytest.fixture
def few(world: World) -> list[int]:
    """Write a source of eight customers; return them, the most likely to leave first."""
    charges = [None if calls == 12 else 50.0 for calls in CALLS]
    world.table(customer_id=IDS, support_calls=CALLS, monthly_charges=charges)
    return [1000, 9, 13, 8, 10, 7, 6]


def test_chosen_come_back_from_json(
    solution: Any, world: World, draw: Any, few: list[int], prepared: Callable[..., Value]
) -> None:
    features = prepared()
    for at_most in (3, 8, 0):
        call = CHOOSE.replace("at_most", str(at_most))
        over_xcom(world, call, solution.choose_customers(features, at_most))
    world.new_night(draw, 3000)
    value = solution.choose_customers(prepared(), 3)
    size = len(json.dumps(value))
    assert size < XCOM_BYTES, told(
        f"{CHOOSE} of 3000 customers, 3 at most, returned {size:,} bytes: {world.shown(value)}.",
        "Expected: the chosen, nobody else.",
        "In production: the table comes back into Airflow's database by the back door.",
    )


@pytest.mark.parametrize("at_most", [3, 8, 0])
def test_call_list_names_the_chosen_in_order(
    solution: Any, world: World, few: list[int], prepared: Callable[..., Value], at_most: int
) -> None:
    features = prepared()
    value = solution.choose_customers(features, at_most)
    chosen = json.loads(json.dumps(hand_on(value), sort_keys=True))
    said = solution.write_call_list(chosen, features, str(world.target))
    back = over_xcom(world, LIST, said)
    seen = [who for who, _, _ in listed(world)]
    expected = [str(who) for who in few[:at_most]]
    assert seen == expected, told(
        f"{CHOOSE.replace('at_most', str(at_most))} returned {world.shown(value)}. As XCom brings"
        f" it back: {world.shown(chosen)}.",
        f"The call list then names {seen or 'nobody'}. Expected: {expected or 'nobody'}. (Equal"
        " probabilities: the lower id first. No charges: no probability.)",
        "In production: the campaign calls the wrong people, or nobody, and nothing is red. (1000.0"
        " is nobody's id.)",
    )
    assert back == {"path": str(world.target), "rows": len(expected)}, told(
        f"{LIST} returned {world.shown(said)}.",
        f"Expected: the path of the target, and rows {len(expected)}.",
        "In production: the report says how many calls there will be, and it is wrong.",
    )
    logits = {str(who): 0.5 * calls - 0.98 for who, calls in zip(IDS, CALLS, strict=True)}
    told_p = {who: probability for who, probability, _ in listed(world)}
    right_p = {who: 1 / (1 + math.exp(-logits[who])) for who in expected}
    assert told_p == pytest.approx(right_p) and {one[2] for one in listed(world)} <= {50.0}, told(
        f"The call list says {world.shown(listed(world))}.",
        f"Expected: the probabilities {world.shown(right_p)}, and the charges, 50.0.",
        "In production: a customer is offered a discount on somebody else's contract.",
    )


def likeliest(drawn: Any, at_most: int) -> list[tuple[int, float, float]]:
    """Say whom to call: id, probability, charges; the likeliest first, of equal ones the lower."""
    known = []
    for row in drawn:
        if row["monthly_charges"] is not None:
            logit = -0.04 * row["tenure_months"] + 0.01 * row["monthly_charges"]
            probability = 1 / (1 + math.exp(1 - logit - 0.5 * row["support_calls"]))
            known.append((row["customer_id"], probability, row["monthly_charges"]))
    return sorted(known, key=lambda one: (-round(one[1], 12), one[0]))[:at_most]


@pytest.mark.parametrize("night", ["any night", "all are alike", "nobody"])
def test_call_list_is_of_tonights_customers(
    solution: Any, world: World, draw: Any, prepared: Callable[..., Value], night: str
) -> None:
    shape = {"all are alike": ["one value for all rows"], "nobody": ["no rows"]}.get(night, [])

    def is_of_tonight(draw: Any) -> None:
        drawn = world.new_night(draw, 120, also=shape)
        features = prepared()
        for at_most in (1, 51, 1000):
            chosen = hand_on(solution.choose_customers(features, at_most))
            said = hand_on(solution.write_call_list(chosen, features, str(world.target)))
            names_the_likeliest(world, said, likeliest(drawn, at_most), at_most)

    draw.explain(is_of_tonight)


def names_the_likeliest(world: World, said: Value, expected: list, at_most: int) -> None:
    """Check each row of the call list, and the number that was returned."""
    seen = listed(world)
    wrong = [
        (one, wanted)
        for one, wanted in itertools.zip_longest(seen, expected)
        if one is None
        or wanted is None
        or one[0] != str(wanted[0])
        or not all(map(near, one[1:], wanted[1:]))
    ]
    assert not wrong and said.get("rows") == len(expected), told(
        f"{CHOOSE.replace('at_most', str(at_most))}, then {LIST}: it returned {world.shown(said)},"
        f" and the list has {len(seen)} rows"
        + (f", the first that is wrong {wrong[0][0]}." if wrong else "."),
        f"Expected: {len(expected)} rows of customer_id, probability, monthly_charges"
        + (f", here {wrong[0][1]}." if wrong else "."),
        "In production: the campaign calls somebody else. An id is a whole number, however long: a"
        " float holds 15 digits of it, and makes one customer of two.",
    )


def test_call_lists_path_holds_elsewhere(
    solution: Any, world: World, prepared: Callable[..., Value], monkeypatch: Any
) -> None:
    features = prepared()
    chosen = hand_on(solution.choose_customers(features, 3))
    value = hand_on(solution.write_call_list(chosen, features, "../campaign/calls.csv"))
    monkeypatch.chdir(world.folder)
    there = os.path.realpath(value["path"])
    assert os.path.isabs(value["path"]) and there == os.path.realpath(world.target), told(
        "write_call_list(chosen, features, '../campaign/calls.csv') returned"
        f" {world.shown(value)}.",
        "Expected: the absolute path of the list.",
        "In production: the report links to a file that is nowhere: it is read by another process,"
        " in another working directory.",
    )


def test_call_list_twice_calls_nobody_twice(
    solution: Any, world: World, few: list[int], prepared: Callable[..., Value]
) -> None:
    features = prepared()
    world.target.write_text("customer_id,probability,monthly_charges\n77,0.5,9.5\n")
    chosen = hand_on(solution.choose_customers(features, 3))
    for _ in range(2):
        solution.write_call_list(chosen, features, str(world.target))
    seen = [int(float(who)) for who, _, _ in listed(world)]
    assert seen == few[:3], told(
        f"Yesterday's list named 77. {LIST} was called, and called again: the list names {seen}.",
        f"Expected: {few[:3]}.",
        "In production: the first try wrote the list, then lost its connection. After the retry"
        " every customer is called twice.",
    )
    usual, mode = (stat.S_IMODE(path.stat().st_mode) for path in (world.source, world.target))
    assert usual & 0o444 == usual & mode & 0o444, told(
        f"{LIST} put a file in place that others may not read: its mode is {mode:04o}, that of"
        f" other new files here is {usual:04o}.",
        "Expected: a list that the call centre can read, as yesterday's.",
        "In production: the call centre is another user. At 9:00 it is refused its list: files of"
        " `tempfile` are for their owner only, whatever their name becomes later.",
    )


def test_call_list_is_whole_or_yesterdays(
    solution: Any, world: World, prepared: Callable[..., Value]
) -> None:
    features = prepared()
    chosen = hand_on(solution.choose_customers(features, 300))
    solution.write_call_list(chosen, features, str(world.target))

    def again() -> None:
        solution.write_call_list(chosen, features, str(world.target))

    killed_while_writing(world, LIST, again, str(world.target))
    world.target.write_text("yesterday")
    for path in world.target.parent.iterdir():
        if path != world.target:
            path.unlink()  # what the killed process has left
    full_disk_is_an_error(world, LIST, again)


# Task 4: leave nothing


def left_of(world: World) -> list[str]:
    """Name what lies in the working folder, folders too."""
    return sorted(str(path.relative_to(world.work)) for path in world.work.rglob("*"))


def test_nothing_is_left_of_a_run(
    solution: Any,
    world: World,
    prepared: Callable[..., Value],
    in_another_process: Callable[[], None],
) -> None:
    features = prepared()
    chosen = hand_on(solution.choose_customers(features, 3))
    solution.write_call_list(chosen, features, str(world.target))
    in_another_process()
    removed = [solution.clean_up(str(world.work), RUN) for _ in range(2)]
    files = sorted(world.files())
    assert left_of(world) == [] and files == ["campaign/calls.csv"], told(
        f"After all tasks and {CLEAN} there is in `workdir`: {left_of(world) or 'nothing'}; all"
        f" files: {files}.",
        "Expected: the call list, and nothing else.",
        "In production: 2 GB a night. In a month every DAG on this disk fails. (The clean-up runs"
        " in another process: what `hash` says of a text is another number there.)",
    )
    assert removed == [2, 0], told(
        f"{CLEAN}, called twice, returned {removed[0]!r} and {removed[1]!r}.",
        "Expected: 2, the customers' file and the features', and then 0: a retry finds none.",
        "In production: cleaning up is retried like any task, and turns a good night red.",
    )


def test_another_process_cleans_up(solution: Any, world: World, elsewhere: Any) -> None:
    solution.extract_customers(str(world.source), str(world.work), RUN)
    removed = elsewhere("clean_up", str(world.work), RUN)
    assert removed == 1 and left_of(world) == [], told(
        f"{EXTRACT} was called here, {CLEAN} in another process, with another hash seed, time zone"
        f" and working directory. It returned {removed!r}; in `workdir` there is:"
        f" {left_of(world) or 'nothing'}.",
        "Expected: 1, and nothing.",
        "In production: each task runs in a process of its own. What one of them names by `hash` or"
        " remembers in a global, the others do not find: 2 GB a night stay.",
    )


def test_nothing_is_left_of_a_run_that_was_killed(
    solution: Any, world: World, extracted: Callable[..., Value]
) -> None:
    never = solution.clean_up(str(world.work), RUN)
    assert never == 0, told(
        f"{CLEAN}, when no task had made `workdir` yet, returned {never!r}. Expected: 0.",
        "In production: the first task fails, and the error that you are told is the clean-up's.",
    )
    ask = (str(world.source), str(world.work), RUN)
    ended = on_a_small_disk(lambda: solution.extract_customers(*ask), may_go_on=False)
    first = world.files()
    solution.clean_up(str(world.work), RUN)
    assert not world.files() and left_of(world) == [], told(
        f"{EXTRACT} {ended}, and left {list(first)}. After {CLEAN} there is: {list(world.files())},"
        f" and in `workdir`: {left_of(world) or 'nothing'}.",
        "Expected: nothing. A killed process has no `finally`: parts of files lie where only the"
        " clean-up can find them.",
        "In production: the nights that fail are the nights that fill the disk.",
    )


def test_other_runs_keep_their_files(
    solution: Any, world: World, draw: Any, extracted: Callable[..., Value]
) -> None:
    def keep(draw: Any) -> None:
        world.new_night(draw, 5)
        names = ["manual__1", "manual__10", "a_manual__1", "manual__1.csv", "MANUAL__2", "manual_"]
        runs = run_ids(draw, *names)
        paths = {run_id: extracted(run_id)["path"] for run_id in runs}
        for number, run_id in enumerate(runs, start=1):
            solution.clean_up(str(world.work), run_id)
            lost = [one for one in runs[number:] if not os.path.exists(paths[one])]
            assert not lost and world.source.exists(), told(
                f"The runs {shorten(', '.join(runs))} are at work."
                f" clean_up(workdir, {shorten(repr(run_id))}) was called.",
                f"Now these have lost their files: {shorten(', '.join(lost)) or 'none'}; the"
                f" source beside `workdir` is {'there' if world.source.exists() else 'gone'}.",
                "Expected: nothing of any other run is taken, nor what is not in `workdir`.",
                "In production: the run that ends first takes the tables of those that are still"
                " reading.",
            )
            assert not os.path.exists(paths[run_id]), told(
                f"clean_up(workdir, {shorten(repr(run_id))}) left {world.shown(paths[run_id])}.",
                "Expected: nothing of this run is left.",
                "In production: 2 GB a night.",
            )

    draw.explain(keep)

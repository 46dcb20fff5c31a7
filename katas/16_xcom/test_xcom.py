"""What your functions hand on, and which files they leave: called twice, killed, on a full disk."""

import json
import math
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("resource", reason="a small disk is made with POSIX limits")

RUN = "scheduled__2026-03-14T02:00:00+00:00"
XCOM_BYTES = 1000
NUMBERS = ("tenure_months", "monthly_charges", "support_calls")
EXTRACT = "extract_customers(source, workdir, run_id)"
FEATURES = "engineer_features(customers)"
CHOOSE = "choose_customers(features, at_most)"
LIST = "write_call_list(chosen, features, target)"
CLEAN = "clean_up(workdir, run_id)"
RETURNED, RAISED = "returned", "raised"
Value = Any


@pytest.fixture
def world(nights: Any, draw: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Make the folders; working directory and temporary files are in sight, too."""
    for name in ("cwd", "tmp"):
        (nights.folder / name).mkdir()
    monkeypatch.chdir(nights.folder / "cwd")
    monkeypatch.setenv("TMPDIR", str(nights.folder / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    nights.customers(draw, 120)  # more than a full disk takes
    yield nights
    tempfile.tempdir = None


@pytest.fixture
def extracted(solution: Any, world: Any) -> Callable[..., Value]:
    """Call the first task, and hand its value on."""
    return lambda run_id=RUN: hand_on(
        solution.extract_customers(str(world.source), str(world.work), run_id)
    )


@pytest.fixture
def prepared(solution: Any, extracted: Callable[..., Value]) -> Callable[..., Value]:
    """Call the first two tasks, and hand the second one's value on."""
    return lambda run_id=RUN: hand_on(solution.engineer_features(extracted(run_id)))


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def shown(world: Any, value: object) -> str:
    """Write a value short, without the name of the test's folder."""
    return shorten(world.without_folder(repr(value)))


def hand_on(value: Value) -> Value:
    """Hand a value on as XCom does, forgivingly: what JSON lacks, its nearest likeness."""
    return json.loads(json.dumps(value, default=lambda one: getattr(one, "tolist", str)()))


def over_xcom(world: Any, call: str, value: Value) -> Value:
    """Check that JSON, whose keys are text and in no order, brings a value back; hand it on."""
    why = "In production: "
    try:
        back = json.loads(json.dumps(value, allow_nan=False, sort_keys=True))
    except (TypeError, ValueError) as error:
        raise AssertionError(
            told(
                f"{call} returned {shown(world, value)}, which JSON cannot carry: {error}.",
                "Expected: text, int, float, bool, None, and lists and dicts (keys: text) of them.",
                f"{why}the work is done, then XCom cannot take the result: the task fails, is done"
                " again, and fails again. (Airflow takes some numpy numbers; who reads them by its"
                " API, or from another language, gets an envelope.)",
            )
        ) from None
    assert back == value, told(
        f"{call} returned {shown(world, value)}.",
        f"JSON brings back {shown(world, back)}. Expected: the same.",
        f"{why}customer 1017 is looked for under '1017'. Nobody is found, nothing is red.",
    )
    return back


def others_can_read(world: Any, call: str, value: Value) -> None:
    """Check that another user gets at the file of a value."""
    kept = world.kept_from_others(value.get("path", ""))
    assert not kept, told(
        f"{call} returned {shown(world, value)}. Others may not read {kept}.",
        "Expected: files and folders that others can read, as other new ones here.",
        "In production: the next task, or the call centre, is another user, who is refused. What"
        " `tempfile` makes is for its owner only, whatever its name becomes later; and a copy by"
        " `shutil.copy` has the mode of the source, here 0600.",
    )


def raises(world: Any, call: str, why: str, again: Callable[[], Value]) -> None:
    """Check that a call raises, instead of making something up."""
    try:
        value = again()
    except NotImplementedError:
        raise
    except Exception:
        return
    raise AssertionError(
        told(
            f"{why} {call} returned {shown(world, value)}.",
            "Expected: an exception.",
            "In production: the export of the night is missing, the run is green, and the call"
            " centre has an empty list, or calls the people of another night.",
        )
    )


# Task 1: a reference, not a table


def test_xcom_carries_a_reference(solution: Any, world: Any, draw: Any) -> None:
    def carries(draw: Any) -> None:
        for count in (4500, 1, 0):
            drawn = world.new_night(draw, count)
            carries_a_reference(solution, world, len(drawn))

    draw.explain(carries)


def carries_a_reference(solution: Any, world: Any, count: int) -> None:
    """Check the value that the first task hands on, and the file that it names."""
    value = solution.extract_customers(str(world.source), str(world.work), RUN)
    back = over_xcom(world, EXTRACT, value)
    size = len(json.dumps(value))
    assert isinstance(back, dict) and size < XCOM_BYTES, told(
        f"{EXTRACT} of {count} customers returned {size:,} bytes: {shown(world, value)}.",
        f"Expected: a dict of less than {XCOM_BYTES}, however many customers there are.",
        "In production: nothing stops you. Each run writes the table into Airflow's own database,"
        " which every scheduler and every other team's DAG is waiting for.",
    )
    others_can_read(world, EXTRACT, back)
    rows, expected = world.read_rows(back.get("path", "")), world.read_rows(str(world.source))
    wrong = world.first_difference(rows, expected)
    assert rows == expected, told(
        f"{EXTRACT} returned {shown(world, value)}. In the file at `path` {wrong}.",
        "Expected: the source's rows and columns, each value as it is written there. (Not each sign"
        " that ends a line somewhere ends one here: no `splitlines`. And a carriage return alone is"
        " only put between quotes by each Python where lines end with one.)",
        "In production: the next task works on other customers than those of tonight; or the"
        " postcode 01400 is 1400 from now on.",
    )
    assert back.get("rows") == count, told(
        f"{EXTRACT} returned rows {back.get('rows')!r}. Expected: {count}, as many as the file at"
        " `path` has; a blank line is no row.",
        "In production: the report counts customers whom nobody finds in the table.",
    )


def test_no_source_is_an_error(solution: Any, world: Any, extracted: Any) -> None:
    kept = world.source.read_bytes()
    world.source.unlink()
    ask = (str(world.source), str(world.work), RUN)
    raises(world, EXTRACT, "There is no source.", lambda: solution.extract_customers(*ask))
    assert not world.files(), told(
        f"{EXTRACT}, without a source, left {list(world.files())}. Expected: no file.",
        "In production: the next task finds a table without customers, and works on it.",
    )
    world.source.write_bytes(kept)
    path = extracted()["path"]
    before = world.read(path)
    world.source.unlink()
    raises(world, EXTRACT, "At a retry there is no source.", extracted)
    assert world.read(path) == before, told(
        f"{EXTRACT}, called again without a source, changed the file at {shown(world, path)}.",
        "Expected: what was there before, whole.",
        "In production: a retry that fails damages what the first try has made.",
    )


def test_path_holds_elsewhere_and_later(
    solution: Any, world: Any, draw: Any, monkeypatch: Any
) -> None:
    before = world.read_rows(str(world.source))
    relative = f"../{world.work.name}"
    value = hand_on(solution.extract_customers(str(world.source), relative, RUN))
    monkeypatch.chdir(world.folder)
    world.customers(draw, 3)
    path = value["path"]
    assert world.read_rows(path) == before, told(
        f"extract_customers(source, {relative!r}, run_id) returned {shown(world, value)}. Then the"
        " working directory became another one, and the source was written anew.",
        f"Now {len(world.read_rows(path))} rows are at `path`. Expected: the {len(before)} of"
        " before.",
        "In production: the next task runs in another process, and the export runs when it likes."
        " The features and the call list are not of the same night.",
    )
    assert world.work.resolve() in Path(path).resolve().parents, told(
        f"{EXTRACT} keeps its file at {shown(world, path)}. Expected: in `workdir`, which all"
        " workers see.",
        "In production: found on this machine, missing on the one where the next task runs.",
    )


def test_each_run_has_its_own_file(solution: Any, world: Any, draw: Any) -> None:
    def has_its_own(draw: Any) -> None:
        world.new_night(draw, 1)
        paths, sizes = {}, {}
        for number, run_id in enumerate(
            world.run_ids(draw, *world.ids_that_are_nearly_one()), start=1
        ):
            sizes[run_id] = len(world.customers(draw, number))
            value = hand_on(solution.extract_customers(str(world.source), str(world.work), run_id))
            paths[run_id] = Path(value["path"])
            if number % 8 == 0:
                world.age()
        found = {run_id: len(world.read_rows(str(path))) for run_id, path in paths.items()}
        wrong = {shorten(one): found[one] for one in paths if found[one] != sizes[one]}
        assert not wrong, told(
            f"{len(paths)} runs extracted other numbers of customers each, some a year ago. Their"
            f" ids were {shorten(', '.join(paths))}.",
            f"Afterwards these files hold another run's rows, or none: {shown(world, wrong)}.",
            f"Expected: {[sizes[one] for one in paths if found[one] != sizes[one]]}, in a file of"
            " its own for each run.",
            "In production: you start yesterday's run again by hand, next to tonight's. Each writes"
            " into the other's table, and both are green.",
        )
        work = world.work.resolve()
        outside = [run_id for run_id, path in paths.items() if work not in path.resolve().parents]
        assert not outside, told(
            f"The runs {outside} keep their file at"
            f" {[shown(world, str(paths[run_id].resolve())) for run_id in outside]}.",
            "Expected: in `workdir`, whatever the id is: dots are allowed in it.",
            "In production: the clean-up of that run removes what lies beside `workdir`.",
        )

    draw.explain(has_its_own)


def test_retry_writes_no_second_file(solution: Any, world: Any, draw: Any, elsewhere: Any) -> None:
    ask = (str(world.source), str(world.work), RUN)
    first = solution.extract_customers(*ask)
    files, old = world.files(), world.read_rows(str(world.source))
    second = elsewhere.tomorrow("extract_customers", *ask)
    assert first == second and world.files() == files, told(
        f"{EXTRACT} returned {shown(world, first)}, and called again, on another machine and a day"
        f" later, {shown(world, second)}.",
        f"Files after the first call: {list(files)}; after the second: {list(world.files())}.",
        "Expected: the same value and the same files.",
        "In production: each retry leaves a copy that nobody knows of, until the disk is full.",
    )
    new = len(world.customers(draw, 30))
    value = hand_on(solution.extract_customers(*ask))
    rows = world.read_rows(value["path"])
    is_one = rows in (old, world.read_rows(str(world.source))) and value["rows"] == len(rows)
    assert is_one and len(world.files()) == 1, told(
        f"{EXTRACT} was called again when the source had {new} rows instead of {len(old)}, and"
        f" returned {shown(world, value)}. At `path` are {len(rows)} rows; all files:"
        f" {list(world.files())}.",
        "Expected: one file, with all rows of the old source or all of the new one, and a value"
        " that says the same.",
        "In production: the report counts other customers than the table has.",
    )


def test_killed_write_leaves_the_old_file_whole(solution: Any, world: Any) -> None:
    def again() -> Value:
        return solution.extract_customers(str(world.source), str(world.work), RUN)

    first, expected = hand_on(again()), world.read_rows(str(world.source))
    world.killed_while_writing(EXTRACT, again, first["path"])
    world.put_back({})
    ended = world.on_a_full_disk(again, is_killed=True)
    value, rows = hand_on(again()), world.read_rows(first["path"])
    assert value == first and rows == expected, told(
        f"{EXTRACT} {ended} while it wrote its first file. Called again, it returned"
        f" {shown(world, value)} and left {len(rows)} of {len(expected)} rows.",
        "Expected: a retry makes it whole.",
        "In production: the retry is green because a file was there; it was half a file.",
    )


def test_full_disk_leaves_no_part_of_a_file(solution: Any, world: Any) -> None:
    ask = (str(world.source), str(world.work), RUN)
    world.full_disk_is_an_error(EXTRACT, lambda: solution.extract_customers(*ask))
    rows = world.read_rows(hand_on(solution.extract_customers(*ask))["path"])
    expected = len(world.read_rows(str(world.source)))
    assert len(rows) == expected, told(
        f"{EXTRACT} met a full disk. Called again, with room, it left {len(rows)} of {expected}"
        " rows.",
        "Expected: a retry makes it whole.",
        "In production: the night heals by itself, except that half of the customers are missing.",
    )


# Task 2: only what JSON can carry


def test_features_are_made_from_the_reference(
    solution: Any, world: Any, draw: Any, elsewhere: Any, extracted: Callable[..., Value]
) -> None:
    def made(draw: Any) -> None:
        for count in (400, 1, 0):
            drawn = world.new_night(draw, count)
            customers = extracted()
            made_from_the_reference(solution, world, drawn, customers)
            retry = elsewhere.tomorrow if count == 1 else None
            features_again(solution, world, customers, retry)
            if count == 400:
                world.corrected(drawn)
                made_from_the_reference(solution, world, drawn, extracted())
            world.call_work_as(customers["path"])

    draw.explain(made)


def made_from_the_reference(solution: Any, world: Any, drawn: Any, customers: Value) -> None:
    """Check the features' file, and that the customers' is as it was."""
    before = world.read_rows(customers["path"])
    value = hand_on(solution.engineer_features(customers))
    rows = world.read_rows(value["path"])
    who = [row.get("customer_id") for row in rows]
    ids = [row["customer_id"] for row in before]
    seen = zip(who, world.numbers_of(rows, "paid_so_far"), strict=True)
    expected = list(zip(ids, map(world.paid_by, drawn), strict=True))
    wrong = [
        (one, wanted)
        for one, wanted in zip(seen, expected, strict=False)
        if one[0] != wanted[0] or not world.near(one[1], wanted[1])
    ]
    header = world.read(value["path"]).partition("\n")[0].rstrip("\r").split(",")
    columns = {*drawn.columns, "paid_so_far"}
    assert not wrong and len(rows) == len(drawn) and set(header) == columns, told(
        f"{FEATURES} of {len(drawn)} customers returned {shown(world, value)}.",
        f"The file at `path` holds {len(rows)} rows of {header}."
        + (f" The first that is wrong, id and paid_so_far: {wrong[0][0]}." if wrong else ""),
        f"Expected: {len(drawn)} rows of {sorted(columns)}, paid_so_far as tenure times charges,"
        f" blank where the charges are{f'; here {wrong[0][1]}' if wrong else ''}.",
        "In production: the model gets other numbers than it was trained on.",
    )
    texts = [{name: row[name] for name in drawn.columns if name not in NUMBERS} for row in rows]
    given = [{name: row[name] for name in one} for one, row in zip(texts, before, strict=True)]
    same = all(
        world.near(one, other)
        for name in NUMBERS
        for one, other in zip(
            world.numbers_of(rows, name), world.numbers_of(before, name), strict=True
        )
    )
    assert texts == given and same, told(
        f"{FEATURES} wrote a file where"
        f" {world.first_difference(texts, given) if same else 'a number is another one'}.",
        "Expected: the columns of the customers' file as they are written there now: a correction"
        " of the source may be as long as it was, and an hour older.",
        "In production: the postcode 01400 is 1400 for every task that reads the features; or they"
        " are those of the export that was wrong.",
    )
    calls = sum(world.numbers_of(before, "support_calls"))
    assert value["support_calls"] == calls, told(
        f"{FEATURES} returned support_calls {value['support_calls']!r}, and the customers' file has"
        f" {calls!r}.",
        "Expected: the sum of the file that is there now; the source was corrected, and extracted"
        " again.",
        "In production: the report is of the export that was wrong.",
    )
    assert world.read_rows(customers["path"]) == before, told(
        f"{FEATURES} changed the customers' file, which it was to read only.",
        "In production: the retry makes features of features.",
    )


def features_again(solution: Any, world: Any, customers: Value, elsewhere: Any) -> None:
    """Check that a retry is harmless; on another machine, where one is given."""
    first, files = hand_on(solution.engineer_features(customers)), world.files()
    again = (
        elsewhere("engineer_features", customers)
        if elsewhere
        else hand_on(solution.engineer_features(customers))
    )
    inside = all((world.folder / name).is_relative_to(world.work) for name in files)
    assert first == again and files == world.files() and len(files) == 2 and inside, told(
        f"{FEATURES} returned {shown(world, first)}, and called again"
        f"{', on another machine and a day later,' * bool(elsewhere)} {shown(world, again)}.",
        f"Files afterwards: {list(world.files())}. Expected: the same value, and two files in"
        f" `workdir`, which is {shown(world, str(world.work))} here: customers' and features'.",
        "In production: a retry that is not the first try again; or files that no clean-up finds."
        " (Who makes one path of another by replacing words may replace them in `workdir`, too.)",
    )
    others_can_read(world, FEATURES, first)


def test_no_customers_file_is_an_error(
    solution: Any, world: Any, extracted: Callable[..., Value]
) -> None:
    customers = extracted()
    os.unlink(customers["path"])
    why = "The customers' file is gone."
    raises(world, FEATURES, why, lambda: solution.engineer_features(customers))


def test_totals_and_means_are_plain_numbers(
    solution: Any, world: Any, draw: Any, extracted: Callable[..., Value]
) -> None:
    def plain(draw: Any) -> None:
        # numpy's own numbers only come of columns that are whole numbers everywhere.
        whole = {"tame": ["whole numbers that came as floats"]}
        for count, more in ((400, whole), (400, {}), (1, {}), (0, {})):
            drawn = world.new_night(draw, count, **more)
            plain_numbers(world, world.report_of(drawn), solution.engineer_features(extracted()))

    draw.explain(plain)


def plain_numbers(world: Any, report: dict[str, Any], value: Value) -> None:
    """Check the numbers for the report."""
    back = over_xcom(world, FEATURES, value)
    means = back.get("means") if isinstance(back.get("means"), dict) else {}
    seen = {
        name: means.get(name[6:], "nothing") if name.startswith("means.") else back.get(name)
        for name in report
    }
    wrong = [name for name in report if not world.near(seen[name], report[name])]
    one = wrong[0] if wrong else ""
    is_close = isinstance(seen.get(one), float) and math.isclose(
        seen[one], report[one] or 0, rel_tol=1e-3
    )
    assert not wrong, told(
        f"{FEATURES} of {report['rows']} rows returned {one} {seen.get(one)!r}.",
        f"Expected: {report.get(one)!r}"
        + (", to the digits that a Python float has." if is_close else ".")
        + (" (None: all are blank, or nobody is there.)" if report.get(one) is None else ""),
        "In production: two reports of one night differ, and nobody knows which one is right."
        if is_close
        else "In production: the report tells of customers whom nobody has.",
    )
    assert set(means) == {*NUMBERS} and len(json.dumps(value)) < XCOM_BYTES, told(
        f"{FEATURES} returned {shown(world, value)}.",
        f"Expected: a mean for each of {', '.join(NUMBERS)}, and less than {XCOM_BYTES} bytes.",
        "In production: whatever is handed on stays in Airflow's database.",
    )


@pytest.mark.parametrize("blank", ["some", "all"])
def test_mean_of_nothing_is_null(
    solution: Any, world: Any, extracted: Callable[..., Value], blank: str
) -> None:
    count = 400 if blank == "all" else 12_001  # more than a block of rows, by one
    charges = [None if blank == "all" or i % 2 else 30.0 for i in range(count - 1)]
    charges.append(None if blank == "all" else 90.0)
    world.table(customer_id=range(count), support_calls=[2] * count, monthly_charges=charges)
    value = solution.engineer_features(extracted())
    back = over_xcom(world, FEATURES, value)
    expected = None if blank == "all" else (6000 * 30.0 + 90.0) / 6001
    seen = back["means"]["monthly_charges"]
    assert world.near(seen, expected), told(
        f"{FEATURES} of {count} customers, {blank} charges blank, returned {shown(world, value)}.",
        f"Expected: {expected} as the mean of the monthly charges that are not blank.",
        "In production: a number that was never measured goes into the night's report. (And a mean"
        " of the means of blocks is the mean only where all blocks have as many that are known.)",
    )
    paid = world.numbers_of(world.read_rows(back["path"]), "paid_so_far")
    kept = sum(one != one for one in paid)
    assert kept == sum(one is None for one in charges), told(
        f"{FEATURES}, {blank} charges blank: paid_so_far is blank for {kept} customers.",
        "Expected: blank where the charges are, and only there.",
        "In production: who never told us what he pays is taken for somebody who pays nothing.",
    )


def test_features_are_written_whole(
    solution: Any, world: Any, extracted: Callable[..., Value]
) -> None:
    customers = extracted()
    path = hand_on(solution.engineer_features(customers))["path"]
    world.killed_while_writing(FEATURES, lambda: solution.engineer_features(customers), path)
    world.full_disk_is_an_error(FEATURES, lambda: solution.engineer_features(customers))


# Task 3: ids that are still ids


# Of customers 6 to 13 and 1000, the next probable has an id that sorts otherwise as text; two are
# equal; and one, who calls the most, has no charges.
IDS = [1000, 9, 13, 8, 10, 7, 12, 6]
CALLS = [9, 8, 7, 6, 6, 2, 12, 1]


@pytest.fixture
def few(world: Any) -> list[int]:
    """Write a source of eight customers; return them, the most likely to leave first."""
    charges = [None if calls == 12 else 50.0 for calls in CALLS]
    world.table(customer_id=IDS, support_calls=CALLS, monthly_charges=charges)
    return [1000, 9, 13, 8, 10, 7, 6]


def test_chosen_come_back_from_json(
    solution: Any, world: Any, draw: Any, few: list[int], prepared: Callable[..., Value]
) -> None:
    features = prepared()
    for at_most in (3, 8, 0):
        call = CHOOSE.replace("at_most", str(at_most))
        over_xcom(world, call, solution.choose_customers(features, at_most))
    world.new_night(draw, 3000)
    value = solution.choose_customers(prepared(), 3)
    size = len(json.dumps(value))
    assert size < XCOM_BYTES, told(
        f"{CHOOSE} of 3000 customers, 3 at most, returned {size:,} bytes: {shown(world, value)}.",
        "Expected: the chosen, nobody else.",
        "In production: the table comes back into Airflow's database by the back door.",
    )


def list_has_its_columns(world: Any) -> None:
    """Check the first line of the call list."""
    header = world.read(str(world.target)).partition("\n")[0].rstrip("\r")
    assert set(header.split(",")) == {"customer_id", "probability", "monthly_charges"}, told(
        f"{LIST}: the list begins with {header!r}.",
        "Expected: customer_id,probability,monthly_charges; also when nobody is chosen.",
        "In production: the call centre reads other columns than it knows.",
    )


@pytest.mark.parametrize("at_most", [3, 8, 0])
def test_call_list_names_the_chosen_in_order(
    solution: Any, world: Any, few: list[int], prepared: Callable[..., Value], at_most: int
) -> None:
    features = prepared()
    value = solution.choose_customers(features, at_most)
    chosen = json.loads(json.dumps(hand_on(value), sort_keys=True))
    said = solution.write_call_list(chosen, features, str(world.target))
    back = over_xcom(world, LIST, said)
    list_has_its_columns(world)
    seen = [who for who, _, _ in world.called()]
    expected = [str(who) for who in few[:at_most]]
    assert seen == expected, told(
        f"{CHOOSE.replace('at_most', str(at_most))} returned {shown(world, value)}. As XCom brings"
        f" it back: {shown(world, chosen)}.",
        f"The call list then names {seen or 'nobody'}. Expected: {expected or 'nobody'}. (Equal"
        " probabilities: the lower id first. No charges: no probability.)",
        "In production: the campaign calls the wrong people, or nobody, and nothing is red. (1000.0"
        " is nobody's id.)",
    )
    assert back == {"path": str(world.target), "rows": len(expected)}, told(
        f"{LIST} returned {shown(world, said)}.",
        f"Expected: the path of the target, and rows {len(expected)}.",
        "In production: the report says how many calls there will be, and it is wrong.",
    )


def test_call_list_is_of_tonights_customers(
    solution: Any, world: Any, draw: Any, prepared: Callable[..., Value]
) -> None:
    def is_of_tonight(draw: Any) -> None:
        # One night after the other, in files of the same names.
        for shape in ([], ["one value for all rows"], ["no rows"]):
            drawn = world.new_night(draw, 120, also=shape)
            features = prepared()
            for at_most in (1, 51, 1000):
                call_the_likeliest(solution, world, features, drawn, at_most, shape)
            if not shape:
                corrected = world.corrected(drawn)
                features = prepared()  # of the correction, or as they were
                is_new = features["support_calls"] == world.report_of(corrected)["support_calls"]
                tonight = corrected if is_new else drawn
                call_the_likeliest(solution, world, features, tonight, 51, shape)

    draw.explain(is_of_tonight)


def call_the_likeliest(
    solution: Any, world: Any, features: Value, drawn: Any, at_most: int, shape: list[str]
) -> None:
    """Have the list written where numpy has another last digit; check it, and what was returned."""
    chosen = hand_on(solution.choose_customers(features, at_most))
    with world.on_another_processor():
        said = hand_on(solution.write_call_list(chosen, features, str(world.target)))
    night = f" of a night with {shape[0]}" if shape else ""
    call = (
        f"{CHOOSE.replace('at_most', str(at_most))}{night}, then {LIST} on another processor (where"
        " the last digit of `np.exp` is another one)"
    )
    list_has_its_columns(world)
    fault = world.fault_of_list(drawn, at_most)
    if fault:
        found, right, cost = fault
        raise AssertionError(
            told(f"{call}: {found}.", f"Expected: {right}.", f"In production: {cost}")
        )
    count = len(world.called())
    assert said.get("rows") == count, told(
        f"{call} returned {shown(world, said)}. Expected: rows {count}, as the list has.",
        "In production: the report says how many calls there will be, and it is wrong.",
    )


def test_call_lists_path_holds_elsewhere(
    solution: Any, world: Any, prepared: Callable[..., Value], monkeypatch: Any
) -> None:
    features = prepared()
    chosen = hand_on(solution.choose_customers(features, 3))
    relative = f"../{world.target.relative_to(world.folder)}"
    value = hand_on(solution.write_call_list(chosen, features, relative))
    monkeypatch.chdir(world.folder)
    there = os.path.realpath(value["path"])
    assert os.path.isabs(value["path"]) and there == os.path.realpath(world.target), told(
        f"write_call_list(chosen, features, {relative!r}) returned {shown(world, value)}.",
        "Expected: the absolute path of the list.",
        "In production: the report links to a file that is nowhere: it is read by another process,"
        " in another working directory.",
    )


def test_call_list_twice_calls_nobody_twice(
    solution: Any, world: Any, few: list[int], prepared: Callable[..., Value]
) -> None:
    features = prepared()
    chosen = hand_on(solution.choose_customers(features, 3))
    for _ in range(2):
        value = solution.write_call_list(chosen, features, str(world.target))
    seen = [int(float(who)) for who, _, _ in world.called()]
    assert seen == few[:3], told(
        f"Yesterday's list named 77. {LIST} was called, and called again: the list names {seen}.",
        f"Expected: {few[:3]}.",
        "In production: the first try wrote the list, then lost its connection. After the retry"
        " every customer is called twice.",
    )
    others_can_read(world, LIST, value)


def test_call_list_is_whole_or_yesterdays(
    solution: Any, world: Any, draw: Any, prepared: Callable[..., Value]
) -> None:
    world.new_night(draw, 400)
    features = prepared()
    chosen = hand_on(solution.choose_customers(features, 300))
    few = hand_on(solution.choose_customers(features, 9))

    def again(chosen: Any = chosen) -> None:
        solution.write_call_list(chosen, features, str(world.target))

    again()
    tonight = world.read(str(world.target))
    world.yesterday()
    world.killed_while_writing(LIST, again, str(world.target), tonight)
    world.yesterday()
    world.full_disk_is_an_error(LIST, again, str(world.target))
    again(few)  # so short a list may be in the process still
    short = world.read(str(world.target))
    world.yesterday()
    world.killed_at_each_move(LIST, lambda: again(few), str(world.target), short)


def test_two_runs_write_their_lists_at_once(
    solution: Any, world: Any, draw: Any, prepared: Callable[..., Value]
) -> None:
    writes, lists = [], []
    for run_id in ("manual__1", "manual__2"):
        world.customers(draw, 60)
        features = prepared(run_id)
        ask = (hand_on(solution.choose_customers(features, 9)), features, str(world.target))
        writes.append(lambda ask=ask: solution.write_call_list(*ask))
        writes[-1]()
        lists.append(world.read(str(world.target)))
    for apart in (True, False):
        meet_at_the_list(world, writes, lists, apart)


def meet_at_the_list(
    world: Any, writes: list[Callable[[], Value]], lists: list[str], apart: bool
) -> None:
    """Have one run write its list when another one is about to put its own in place."""
    world.yesterday()
    before = list(world.files())
    held, other = world.overtaken(*writes, world.target, apart=apart)
    where = "each on a machine of its own" if apart else "on the same machine"
    seen, rest = world.read(str(world.target)), [one for one in world.files() if one not in before]
    assert held.how == other.how == RETURNED and seen in lists and not rest, told(
        "Before one run put its list in place, another one wrote its own in the same folder,"
        f" {where}. The first one {world.without_folder(held)}, the other one"
        f" {world.without_folder(other)}. The list is"
        f" {'that of one of them' if seen in lists else 'neither of the two'}; beside it:"
        f" {rest or 'nothing'}.",
        "Expected: both return, and the list is one of the two. Each run writes to a part of its"
        " own: the part's name has something of the run in it. (The number of a process is the same"
        " one in many containers; a machine has many runs; two pipelines that seed `random` with 42"
        " draw the same name.)",
        "In production: you start yesterday's run again, next to tonight's. Both write into one"
        " part: the call centre gets rows of both nights, or one run fails.",
    )


# Task 4: leave nothing


def test_nothing_is_left_of_a_run(
    solution: Any, world: Any, elsewhere: Any, prepared: Callable[..., Value]
) -> None:
    features = prepared()
    chosen = hand_on(solution.choose_customers(features, 3))
    solution.write_call_list(chosen, features, str(world.target))
    ask = (str(world.work), RUN)
    world.work.chmod(0o2775)  # as whoever looks after the machines has made it
    before = world.work.stat()
    removed = [elsewhere.tomorrow("clean_up", *ask), solution.clean_up(*ask)]
    files = list(world.files())
    assert world.left() == files == [] and world.called(), told(
        f"After all tasks, and {CLEAN} on another machine and a day later, there is in `workdir`:"
        f" {world.left() or 'nothing'}; all files beside the call list: {files}; the call list is"
        f" {'there' if world.called() else 'gone'}.",
        "Expected: the call list, and nothing else.",
        "In production: 2 GB a night. In a month every DAG on this disk fails. (What `hash`, the"
        " date, the machine or the user are here, or a global remembers, is another thing there.)",
    )
    after = world.work.stat() if world.work.exists() else None
    assert after and (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode), told(
        f"`workdir` had the mode {before.st_mode & 0o7777:04o}. After {CLEAN} it is"
        f" {f'another one, of mode {after.st_mode & 0o7777:04o}' if after else 'not there'}.",
        "Expected: `workdir` itself stays, as it was, also when nothing is in it.",
        "In production: a run that begins at this moment finds no folder; and the next one makes a"
        " folder that other users may not write to.",
    )
    assert removed == [2, 0], told(
        f"{CLEAN}, called twice, returned {removed[0]!r} and {removed[1]!r}.",
        "Expected: 2, the customers' file and the features', and then 0: a retry finds none.",
        "In production: cleaning up is retried like any task, and turns a good night red.",
    )


def test_nothing_is_left_of_a_run_that_was_killed(
    solution: Any, world: Any, extracted: Callable[..., Value]
) -> None:
    never = solution.clean_up(str(world.work), RUN)
    assert never == 0 and not world.work.exists(), told(
        f"{CLEAN}, when no task had made `workdir` yet, returned {never!r}; now `workdir` is"
        f" {'there' if world.work.exists() else 'not there'}. Expected: 0, and no `workdir`.",
        "In production: the first task fails, and the error that you are told is the clean-up's;"
        " or the clean-up makes what it was to remove.",
    )
    ended = world.on_a_full_disk(extracted, is_killed=True)
    first = list(world.files())
    in_work = sum((world.folder / name).is_relative_to(world.work) for name in first)
    removed = solution.clean_up(str(world.work), RUN)
    assert not world.files() and world.left() == [], told(
        f"{EXTRACT} {ended} while it wrote, and left {first}. After {CLEAN} there is:"
        f" {list(world.files())}, and in `workdir`: {world.left() or 'nothing'}.",
        "Expected: nothing. A killed process has no `finally`: parts of files lie where only the"
        " clean-up can find them.",
        "In production: the nights that fail are the nights that fill the disk.",
    )
    assert removed == in_work, told(
        f"{EXTRACT} {ended} while it wrote, and left {first}. {CLEAN} removed all, and returned"
        f" {removed!r}. Expected: {in_work}, however the files are called.",
        "In production: nobody is told that a run was killed: the count says that all was well.",
    )


def test_other_runs_keep_their_files(
    solution: Any, world: Any, draw: Any, extracted: Callable[..., Value]
) -> None:
    def files_of(run_id: str) -> list[str]:
        customers = extracted(run_id)
        return [customers["path"], hand_on(solution.engineer_features(customers))["path"]]

    def keep(draw: Any) -> None:
        world.new_night(draw, 5)
        names = ["manual__1", "manual__10", "a_manual__1", "manual__1.csv", "MANUAL__2", "manual_"]
        runs = world.run_ids(draw, *names)
        runs += world.ids_named_as(*files_of(runs[0]))
        paths = {run_id: files_of(run_id) for run_id in runs}
        world.age()
        for number, run_id in enumerate(runs, start=1):
            solution.clean_up(str(world.work), run_id)
            lost = [one for one in runs[number:] if not all(map(os.path.exists, paths[one]))]
            assert not lost and world.source.exists(), told(
                f"The runs {shorten(', '.join(runs))} are at work."
                f" clean_up(workdir, {shorten(repr(run_id))}) was called.",
                f"Now these have lost their files: {shorten(', '.join(lost)) or 'none'}; the"
                f" source beside `workdir` is {'there' if world.source.exists() else 'gone'}.",
                "Expected: nothing of any other run is taken, nor what is not in `workdir`. (Who"
                " makes the features' path by replacing a word replaces it in the run's id, too.)",
                "In production: the run that ends first takes the tables of those that are still"
                " reading.",
            )
            left = [path for path in paths[run_id] if os.path.exists(path)]
            assert not left, told(
                f"clean_up(workdir, {shorten(repr(run_id))}) left {shown(world, left)}.",
                "Expected: nothing of this run is left.",
                "In production: 2 GB a night.",
            )

    draw.explain(keep)
    world.new_night(draw, 400)
    ended = world.on_a_full_disk(lambda: extracted("manual__killed"), is_killed=True)
    before = list(world.files())
    extracted("manual__1")
    world.age()
    solution.clean_up(str(world.work), "manual__1")
    now = list(world.files())
    assert now == before, told(
        f"{EXTRACT}, of the run manual__killed, {ended} while it wrote, and left {before}. A year"
        " later clean_up(workdir, 'manual__1') was called, which had made a file of its own."
        f" Files now: {now}.",
        "Expected: those of the other run, however old, and whether they are whole or a part.",
        "In production: on Monday somebody looks why Friday's run was killed, and how far it had"
        " come; Sunday's run has swept it.",
    )


def test_what_cannot_be_removed_is_an_error(
    solution: Any, world: Any, prepared: Callable[..., Value]
) -> None:
    def clean() -> Value:
        return solution.clean_up(str(world.work), RUN)

    def refused(cannot: str, ended: Any) -> None:
        assert ended.how == RAISED or not world.left(), told(
            f"{CLEAN} could not {cannot} (PermissionError), and {ended.how}; in `workdir` there is"
            f" {world.left()}.",
            "Expected: the exception. (`os.walk` and `Path.glob` pass over what they may not see.)",
            "In production: a worker of another user runs the clean-up. It is green every night,"
            " and the disk fills.",
        )

    prepared()
    refused("remove a single file", world.that_cannot_remove(clean))
    where = "see what lies in a folder below `workdir`"
    refused(where, world.that_cannot_list(clean, world.work))
    there, removed = len(world.files()), clean()
    assert removed == there and world.left() == [], told(
        f"Called again, when it could remove them, {CLEAN} returned {removed!r} and left"
        f" {world.left() or 'nothing'}. Expected: {there}, and nothing.",
        "In production: a clean-up that failed once is never made good.",
    )
    prepared()
    refused("remove a folder, only the files in it", world.that_cannot_remove_folders(clean))

"""The draw has each quality where it is on, never where it is off, and is the same for its seed."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import re
import subprocess
import sys
import unicodedata
import zlib
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from dojo.running.given import untamed
from dojo.running.given.untamed import UntamedDraw
from dojo.running.solution import SolutionFault
from dojo.world.draw import Customers, Draw
from dojo.world.draw import qualities as q
from dojo.world.draw.customers import CONTRACTS, NUMBERS
from dojo.world.draw.values import SAME_SHORT_DIGEST

SEEDS = range(12)


def ids(rows: Customers) -> list[int]:
    return [row["customer_id"] for row in rows]


def texts(rows: Customers) -> list[str]:
    return [row.get("note") or "" for row in rows]


def notes(rows: Customers) -> str:
    return "".join(texts(rows))


def has_gaps(rows: Customers) -> bool:
    small = sorted(number for number in ids(rows) if number < 2**53)
    return small != list(range(small[0], small[0] + len(small)))


def has_long_decimals(rows: Customers) -> bool:
    known = [row["monthly_charges"] for row in rows if row["monthly_charges"] is not None]
    return any(abs(one - round(one, 10)) > 1e-12 for one in known)


def has_blanks(rows: Customers) -> bool:
    return all(any(row[name] is None for row in rows) for name in (*NUMBERS, "contract"))


def contracts(rows: Customers) -> list[str]:
    return [row["contract"] for row in rows if row["contract"] is not None]


def plainly(contract: str) -> str:
    """Write a usual contract as usual; others stay as they are."""
    name = contract.strip().lower()
    return name if name in CONTRACTS else contract


def id_texts(rows: Customers) -> list[str]:
    """Read the ids as they are written in the file."""
    text = io.StringIO(rows.csv(), newline="")
    return [row["customer_id"] for row in csv.DictReader(text)]


def fields(rows: Customers) -> list[int]:
    """Count the fields of each row of the file."""
    return [len(row) for row in csv.reader(io.StringIO(rows.csv(), newline="")) if row]


def has_floats(rows: Customers) -> bool:
    return {type(row["support_calls"]) for row in rows} - {type(None)} == {float}


PRESENT: dict[str, Callable[[Customers], bool]] = {
    q.GAPS: has_gaps,
    q.UNSORTED: lambda rows: ids(rows) != sorted(ids(rows)),
    q.HUGE_IDS: lambda rows: any(int(float(one)) != one for one in ids(rows)),
    q.COLUMN_ORDER: lambda rows: rows.columns[0] != "customer_id",
    q.EXTRA_COLUMN: lambda rows: "note" in rows.columns,
    q.BLANKS: has_blanks,
    q.ACCENTS: lambda rows: not notes(rows).isascii(),
    q.PUNCTUATION: lambda rows: all(sign in notes(rows) for sign in '",\n'),
    q.MARGINS: lambda rows: (
        any(one != one.strip(" ") for one in texts(rows)) and "#" in notes(rows)
    ),
    q.LOOK_ALIKES: lambda rows: any(row.get("note") in ("01400", "n/a", "1e5") for row in rows),
    q.NEW_CONTRACT: lambda rows: bool({plainly(one) for one in contracts(rows)} - {*CONTRACTS}),
    q.NEAR_CONTRACT: lambda rows: any(plainly(one) != one for one in contracts(rows)),
    q.LONG_DECIMALS: has_long_decimals,
    q.FLOATS: has_floats,
    q.OWN_INDEX: lambda rows: rows.frame().index.tolist() != list(range(len(rows))),
    q.OPEN_END: lambda rows: not rows.csv().endswith("\n"),
    q.NO_ROWS: lambda rows: len(rows) == 0,
    q.ONE_ROW: lambda rows: len(rows) == 1,
    q.MANY_ROWS: lambda rows: len(rows) > 1000,
    q.ALL_ALIKE: lambda rows: len({row["support_calls"] for row in rows} - {None}) == 1,
    q.SAME_LABELS: lambda rows: not rows.frame().index.is_unique,
    q.TWICE: lambda rows: len(ids(rows)) > len(set(ids(rows))),
    q.TWICE_UNLIKE: lambda rows: len(ids(rows)) > len(set(ids(rows))),
    q.ZEROS: lambda rows: any(row["tenure_months"] == row["support_calls"] == 0 for row in rows),
    q.BLANK_LINES: lambda rows: "\n\n" in rows.csv(),
    q.LINE_ENDS: lambda rows: "\r\n" in rows.csv(),
    q.BACKSLASHES: lambda rows: "\\" in notes(rows),
    q.PADDED: lambda rows: any(one["note"].endswith("\t") for one in rows),
    q.MAC_ENDS: lambda rows: bool(re.search(r"\r(?!\n)", notes(rows))),
    q.RARE_ENDS: lambda rows: bool({*"\u2028\x85\x0b\x0c"} & {*notes(rows)}),
    q.ZERO_IDS: lambda rows: "00" in {one[:2] for one in id_texts(rows)},
    q.LAST_SCORE: lambda rows: "probability" in rows.columns,
    q.BLANK_WORDS: lambda rows: len({"None", "NA", "null"} & set(contracts(rows))) > 1,
    q.MANY_CONTRACTS: lambda rows: len(set(contracts(rows))) > 30,
    q.SIGNS_IN_CONTRACTS: lambda rows: "fibre|tv" in contracts(rows),
    q.LIKE_COLUMNS: lambda rows: "contract_value" in rows.columns,
    q.NEAR_NUMBERS: lambda rows: all(
        row["tenure_months"] in (None, 0) or row["tenure_months"] > 1e8 for row in rows
    ),
    q.FIELD_TOO_MANY: lambda rows: max(fields(rows)) > len(rows.columns),
    q.FIELD_TOO_FEW: lambda rows: min(fields(rows)) < len(rows.columns),
}


def test_each_quality_of_customers_has_its_look() -> None:
    assert set(PRESENT) == {*q.CUSTOMERS, *q.SHAPES}


@pytest.mark.parametrize("quality", q.CUSTOMERS)
@pytest.mark.parametrize("seed", SEEDS)
def test_quality_is_there_unless_it_is_tamed(quality: str, seed: int) -> None:
    assert PRESENT[quality](Draw(seed).customers(40))
    assert not PRESENT[quality](Draw(seed).customers(40, tame=[quality]))
    assert not PRESENT[quality](Draw(seed, tame=[quality]).customers(40))
    alone = [one for one in q.CUSTOMERS if one not in (quality, q.EXTRA_COLUMN)]
    assert PRESENT[quality](Draw(seed, tame=alone).customers(40))


@pytest.mark.parametrize("quality", q.SHAPES)
@pytest.mark.parametrize("seed", SEEDS)
def test_shape_is_there_only_if_it_is_asked_for(quality: str, seed: int) -> None:
    assert PRESENT[quality](Draw(seed).customers(40, also=[quality]))
    assert not PRESENT[quality](Draw(seed).customers(40))
    assert not PRESENT[quality](Draw(seed, tame=[quality]).customers(40, also=[quality]))


def test_rows_that_occur_twice_do_so_beside_all_other_qualities() -> None:
    rows = Draw(0).customers(200, also=[q.TWICE, q.ZERO_IDS, q.LAST_SCORE])
    written = [tuple(row) for row in csv.reader(io.StringIO(rows.csv(), newline=""))]
    assert len(written) - len(set(written)) > 3


def test_taming_one_quality_leaves_the_others_as_they_were() -> None:
    wild = Draw(3).customers(40)
    tame = Draw(3).customers(40, tame=[q.HUGE_IDS])
    assert [row["monthly_charges"] for row in wild] == [row["monthly_charges"] for row in tame]
    assert [row["note"] for row in wild] == [row["note"] for row in tame]
    assert wild.columns == tame.columns


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("count", [0, 1, 2, 3, 50, 51])
def test_any_count_can_be_drawn_in_all_three_forms(count: int, seed: int) -> None:
    rows = Draw(seed).customers(count)
    assert len(rows) == len(set(ids(rows))) == len(rows.frame()) == count
    assert json.loads(json.dumps(rows)) == rows
    assert [list(row) for row in rows] == [rows.columns] * count
    read = list(csv.DictReader(io.StringIO(rows.csv(), newline="")))
    written = [{k: "" if v is None else str(v) for k, v in row.items()} for row in rows]
    assert read == written


def test_frame_has_numbers_where_all_is_blank_or_nothing_is_there() -> None:
    for rows in (Draw(1).customers(0), Draw(1).customers(1)):
        frame = rows.frame()
        assert [str(frame[name].dtype) for name in NUMBERS] == ["float64"] * 3
    assert str(Draw(1).customers(40).frame()["customer_id"].dtype) == "int64"


def test_frame_and_file_hold_the_same() -> None:
    rows = Draw(2).customers(60, tame=[q.OWN_INDEX])
    read = pd.read_csv(io.StringIO(rows.csv()), keep_default_na=False, na_values=[""])
    frame = rows.frame().fillna(float("nan"))  # pandas 2 tells None from it
    pd.testing.assert_frame_equal(read, frame, check_dtype=False)


def test_leavers_can_be_told_from_the_others() -> None:
    rows = Draw(5).customers(2000, tame=[q.BLANKS])
    crossed = [row["churned"] for row in rows if row["support_calls"] >= 3]
    calm = [row["churned"] for row in rows if row["support_calls"] == 0]
    assert sum(crossed) / len(crossed) > 2 * sum(calm) / len(calm)
    assert "churned" not in Draw(5).customers(3, churned=False).columns


def everything(draw: Draw) -> list[object]:
    settings = draw.settings()
    return [
        draw.customers(30).csv(),
        draw.customers(30).frame().index.tolist(),
        draw.errors(),
        draw.not_customers(),
        draw.url("https://x"),
        settings,
        draw.other_settings(settings),
        draw.names(),
        draw.times(),
    ]


def test_same_seed_draws_the_same_and_another_seed_other_data() -> None:
    assert everything(Draw(7)) == everything(Draw(7)) == everything(Draw(7).afresh())
    assert everything(Draw(7)) != everything(Draw(8))
    draw = Draw(7)
    assert draw.customers(9) != draw.customers(9), "two draws in a row are two tables"


def test_same_seed_draws_the_same_in_another_process() -> None:
    code = "from dojo.world.draw import Draw; print(Draw('a').customers(9), Draw('a').errors())"
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": salt},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for salt in ("1", "2")
    }
    assert said == {f"{Draw('a').customers(9)} {Draw('a').errors()}\n"}


@pytest.mark.parametrize("seed", SEEDS)
def test_errors_come_in_every_kind_of_body(seed: int) -> None:
    drawn = Draw(seed).errors()
    bodies = {one.quality: one for one in drawn}
    assert len(drawn) == len(bodies) == 7
    assert len({one.status for one in drawn if 400 <= one.status < 600}) == 7
    headers = [{name.lower(): text for name, text in one.headers.items()} for one in drawn]
    assert all(0 <= int(one["retry-after"]) <= 3600 for one in headers)
    assert all("Path=/" in one["set-cookie"] for one in headers)
    assert json.loads(bodies[q.LIST_BODY].body) == []
    assert json.loads(bodies[q.NULL_BODY].body) is None
    assert bodies[q.EMPTY_BODY].body == ""
    assert "<html>" in bodies[q.HTML_BODY].body
    assert "error" not in json.loads(bodies[q.OTHER_WORDS].body)
    assert json.loads(bodies[q.CUSTOMERS_BODY].body)[0].keys() >= {"customer_id"}
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        json.loads(bodies[q.CUT_BODY].body)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_error_that_is_asked_for_comes_and_asks_for_time(seed: int) -> None:
    drawn = Draw(seed).errors((429, 500, 503))
    assert {one.status for one in drawn} == {429, 500, 503}
    for one in drawn:
        headers = {name.lower(): text for name, text in one.headers.items()}
        assert one.status == 500 or int(headers["retry-after"]) >= 59


def test_tamed_errors_are_all_alike() -> None:
    drawn = Draw(1, tame=q.ANSWERS).errors()
    assert {(one.quality, one.body) for one in drawn} == {("", '{"error": "busy"}')}
    assert {one.status for one in drawn} <= {500, 503}
    assert {tuple(one.headers) for one in drawn} == {("Content-Type",)}
    for quality in q.ANSWERS:
        assert quality not in {one.quality for one in Draw(1).errors(tame=[quality])}
        assert quality not in {one.quality for one in Draw(1).not_customers(tame=[quality])}


def test_errors_have_the_asked_statuses_only() -> None:
    assert {one.status for one in Draw(1).errors([404, 410])} <= {404, 410}


def test_good_status_with_no_customers_is_never_a_list_of_rows() -> None:
    drawn = Draw(4).not_customers()
    assert {one.status for one in drawn} == {200}
    for one in drawn:
        try:
            body = json.loads(one.body)
        except ValueError:
            continue
        assert not isinstance(body, list) or not any(isinstance(row, dict) for row in body)


def test_statuses_are_in_an_url_unless_that_is_tamed() -> None:
    assert any(str(status) in Draw(1).url("https://x") for status in (200, 404, 429, 500, 503))
    tame = [q.STATUS_IN_URL, q.REPEATED]
    assert Draw(1, tame=tame).url("https://x") == "https://x?region=fr"
    assert Draw(1).url("https://x").endswith("&segment=new&segment=old")


@pytest.mark.parametrize("seed", SEEDS)
def test_each_changed_setting_differs_as_json(seed: int) -> None:
    draw = Draw(seed)
    settings = draw.settings()
    changed = draw.other_settings(settings)
    assert set(changed) == set(q.SETTINGS)
    texts = {json.dumps(one, sort_keys=True) for one in (settings, *changed.values())}
    assert len(texts) == len(changed) + 1
    assert changed[q.BOOLEANS] == settings == changed[q.FLOAT_ONE], "Python calls them equal"
    tail = json.dumps(changed[q.LONG_TAIL]["columns"])
    assert tail[:200] == json.dumps(settings["columns"])[:200]
    assert q.NESTED not in draw.other_settings(settings, tame=[q.NESTED])


def test_names_come_in_every_kind_that_the_signs_allow() -> None:
    names = Draw(2).names()
    assert set(names) == {"", *q.NAMES}
    assert len(set(names.values())) == len(names)
    assert names[q.CAPITALS].lower() == names[""]
    forms = {unicodedata.normalize(form, names[q.NAME_ACCENTS]) for form in ("NFC", "NFD")}
    assert len(forms | {names[q.NAME_ACCENTS]}) == 3
    assert len(names[q.VERY_LONG]) == 200
    assert names[q.VERY_LONG][:199] == names[q.LATE_CHANGE][:199]
    run_ids = Draw(2).names(signs=r"[A-Za-z0-9_.~:+-]", tame=[q.VERY_LONG, q.LATE_CHANGE])
    assert names[q.OTHER_DIGIT].isalnum()
    assert not names[q.OTHER_DIGIT].isascii()
    assert "Z" < names[q.BETWEEN_CASES][-1] < "a"
    assert not names[q.OTHER_CASE].isascii()
    assert names[q.OTHER_CASE].casefold().isascii()
    assert set(run_ids) == {"", q.DOTS, q.PLUS, q.CAPITALS, q.DASH_FIRST}
    assert set(Draw(2, tame=q.NAMES).names()) == {""}


def test_names_of_a_pair_have_one_short_digest() -> None:
    for pair, digest in zip(
        SAME_SHORT_DIGEST,
        (
            zlib.crc32,
            zlib.adler32,
            *(
                lambda name, kind=kind: hashlib.new(kind, name).hexdigest()[:8]
                for kind in ("md5", "sha1", "sha256", "sha512", "blake2b")
            ),
        ),
        strict=True,
    ):
        assert len({digest(name.encode()) for name in pair}) == 1 < len(set(pair))


@pytest.mark.parametrize("seed", SEEDS)
def test_texts_are_as_long_as_their_names_say(seed: int) -> None:
    texts = Draw(seed).texts(limit=200)
    assert set(texts) == {"", *q.TEXTS}
    assert (len(texts[q.JUST_FITS]), len(texts[q.ONE_TOO_LONG])) == (200, 201)
    assert texts[q.TEXT_BACKSLASHES].count("\\")
    assert "\n" in texts[q.LINE_BREAKS]
    assert texts[""].isascii()
    assert texts[""].isprintable()
    for sign, kinds in (
        ("é", (q.ACCENTS_AT_THE_CUT, q.ACCENTS_AT_THE_CUT_TOO)),
        ("🔥", (q.WIDE_AT_THE_CUT, q.WIDE_AT_THE_CUT_TOO)),
    ):
        starts = {texts[kind].index(sign) % len(sign.encode()) for kind in kinds}
        assert len(starts) == 2, "wherever bytes are cut, one of the two is torn"
    assert max(map(len, Draw(seed).texts().values())) < 60
    assert set(Draw(seed, tame=q.TEXTS).texts(limit=9)) == {""}


@pytest.mark.parametrize("seed", SEEDS)
def test_times_lie_where_their_names_say(seed: int) -> None:
    utc, paris = dt.timezone.utc, ZoneInfo("Europe/Paris")
    times = Draw(seed).times()
    assert set(times) == {"", *q.TIMES}
    assert {one.tzinfo for one in times.values()} == {utc}
    local = {kind: one.astimezone(paris) for kind, one in times.items()}
    assert local[q.BEFORE_MIDNIGHT].date() == times[q.BEFORE_MIDNIGHT].date() + dt.timedelta(1)
    assert (times[q.AFTER_MIDNIGHT] - dt.timedelta(hours=1)).date() < times[q.AFTER_MIDNIGHT].date()
    assert (local[q.SPRING].day, local[q.SPRING].hour) == (29, 3)
    assert (local[q.AUTUMN].day, local[q.AUTUMN].hour) == (25, 2)
    assert (times[q.LEAP_DAY].month, times[q.LEAP_DAY].day) == (2, 29)
    assert local[q.NEW_YEAR].year == times[q.NEW_YEAR].year + 1
    assert set(Draw(seed).times(tame=[q.SPRING])) == {"", *q.TIMES} - {q.SPRING}


def test_unknown_quality_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(ValueError, match=r"'blank' is no quality .* did you mean 'blanks'\?"):
        Draw(1, tame=["blank"])
    with pytest.raises(ValueError, match=r"'no rows' is no quality of this draw"):
        Draw(1).customers(tame=[q.NO_ROWS])


# What a red test says


def failed(check: Callable[[Draw], object], seed: int = 1) -> list[str]:
    with pytest.raises(AssertionError) as caught:
        UntamedDraw(seed).explain(check)
    return list(getattr(caught.value, "__notes__", []))


@pytest.mark.parametrize("quality", q.CUSTOMERS)
def test_quality_that_makes_the_difference_is_named(quality: str) -> None:
    def check(draw: Draw) -> None:
        rows = draw.customers(40)
        assert not PRESENT[quality](rows)

    is_text = quality in (q.ACCENTS, q.PUNCTUATION, q.MARGINS, q.LOOK_ALIKES)
    named = sorted({quality, q.EXTRA_COLUMN} if is_text else {quality})
    assert failed(check) == [
        f"Red with {', together with '.join(named)}; on tidy data it is green."
    ]


def test_two_qualities_that_only_together_are_too_much_are_both_named() -> None:
    def check(draw: Draw) -> None:
        rows = draw.customers(40)
        assert not (PRESENT[q.BLANKS](rows) and PRESENT[q.HUGE_IDS](rows))

    assert failed(check) == [
        f"Red with {q.BLANKS}, together with {q.HUGE_IDS}; on tidy data it is green."
    ]


def test_one_of_two_qualities_that_are_too_much_is_named() -> None:
    def check(draw: Draw) -> None:
        rows = draw.customers(40)
        assert not any(PRESENT[one](rows) for one in (q.BLANKS, q.HUGE_IDS))

    assert failed(check) == [f"Red with {q.BLANKS}; on tidy data it is green."]


def test_check_that_is_red_on_tame_data_is_not_explained() -> None:
    played = []

    def check(draw: Draw) -> None:
        played.append(draw.customers(2))
        raise AssertionError("always")

    assert failed(check) == []
    assert len(played) == 2


def test_green_check_is_played_once() -> None:
    played: list[Customers] = []
    UntamedDraw(1).explain(lambda draw: played.append(draw.customers(2)))
    assert len(played) == 1


def test_stub_and_broken_file_are_played_once() -> None:
    for error in (NotImplementedError("todo"), SolutionFault("no such name", "missing")):
        played = []

        def check(draw: Draw, played: list = played, error: Exception = error) -> None:
            played.append(draw.customers(2))
            raise error

        with pytest.raises(type(error)):
            UntamedDraw(1).explain(check)
        assert len(played) == 1


def test_red_check_is_played_once_where_red_or_green_is_all() -> None:
    played = []

    def check(draw: Draw) -> None:
        played.append(draw.customers(2))
        raise AssertionError("red")

    draw = UntamedDraw(1)
    draw.asks_why = False
    with pytest.raises(AssertionError, match="red"):
        draw.explain(check)
    assert len(played) == 1


def test_slow_check_is_not_played_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(untamed, "PATIENCE_S", 0.0)
    played = []

    def check(draw: Draw) -> None:
        played.append(draw)
        assert not PRESENT[q.HUGE_IDS](draw.customers(40))

    assert failed(check) == ["On tidy data it is green."]
    assert len(played) == 2

"""A moment is read as it is written, in a zone, or refused with the reason."""

from __future__ import annotations

import datetime
import zoneinfo

import pytest

from dojo.intake.moments import MomentError, names_a_zone, read_moment

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
NOON = "2026-11-24T12:00:00+01:00"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T12:00:00+01:00",
        "2026-11-24T11:00Z",
        "2026-11-24 11:00:00.123456 UTC",
        "2026-11-24 12:00:00 +0100",
        "2026-11-24T12:00 Europe/Paris",
        "2026-11-24T12:00[Europe/Paris]",
        "2026-11-24T12:00+01:00[Europe/Paris]",
        "2026/11/24 12:00 Europe/Paris",
        "24.11.2026 12:00 +01",
        "24/11/2026, 12:00:00 Europe/Paris",
        "24-11-2026 12:00 PM Europe/Paris",
        "Tuesday, 24 November 2026, 12:00 PM Europe/Paris",
        "mardi 24 novembre 2026, 12:00 Europe/Paris",
        "Tuesday, November 24, 2026, 12:00 PM Europe/Paris",
        "24 nov. 2026 12:00 Europe/Paris",
        "24/11/2026 12:00",
    ],
)
def test_one_moment_has_many_writings(text: str) -> None:
    moment = read_moment(text, PARIS)
    assert moment == datetime.datetime.fromisoformat(NOON)
    assert names_a_zone(text) == (text != "24/11/2026 12:00")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("soon", "is no date"),
        ("2026-13-01T10:00Z", "is no date"),
        ("2026-02-30T10:00Z", "is no date"),
        ("46350.75", "is no date"),
        ("0001-01-01T00:00Z", "is no date of our time: 1"),
        ("9999-12-31T23:59Z", "is no date of our time"),
        ("2026-11-24", "has no time of day"),
        ("mardi 24 novembre 2026", "has no time of day"),
        ("Dienstag, 24. Dezember 2026, 12:00", "is no date"),
        ("24 ju 2026, 12:00", "is no date"),
        ("2026-11-24 Europe/Paris", "has no time of day"),
        ("2026-11-24T14:00 PM Europe/Paris", "is no time of day"),
        ("2026-11-24T18:00", "has no zone"),
        ("05/11/2026 18:00 UTC", "may put the day first or the month"),
        ("2026-11-24T18:00+99:00", "has no offset that exists"),
        ("2026-11-24T18:00+02:00 Europe/Paris", "contradicts itself: Europe/Paris is not at"),
        ("2026-11-24T18:00 Europe/Pariss", "does not exist; did you mean 'Europe/Paris'"),
        ("2026-11-24T18:00 Paris", "does not exist; did you mean 'Europe/Paris'"),
        ("2026-11-24T18:00 Europe", "names the zone 'Europe', which does not exist"),
        ("2026-03-29T02:30 Europe/Paris", "does not exist: clocks in Europe/Paris"),
    ],
)
def test_what_is_no_moment_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(MomentError, match=said):
        read_moment(text)


def test_hour_that_comes_twice_is_the_later_one_for_a_deadline() -> None:
    text = "2026-10-25T02:30 Europe/Paris"
    first, second = read_moment(text), read_moment(text, latest=True)
    assert (first.utcoffset(), second.utcoffset()) == (
        datetime.timedelta(hours=2),
        datetime.timedelta(hours=1),
    )

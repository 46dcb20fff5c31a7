"""What Prefect's scheduler does when clocks change: the facts that kata 10 tells as they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.version import Version

pytest.importorskip("prefect")

# One process: the server's schemas take seconds to import.
FACTS = """
import asyncio, json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from prefect.server.schemas.schedules import CronSchedule, IntervalSchedule

PARIS = ZoneInfo("Europe/Paris")

def starts(schedule, *day):
    midnight = datetime(*day, tzinfo=PARIS)
    found = asyncio.run(schedule.get_dates(start=midnight, end=midnight + timedelta(hours=5)))
    return [f"{one.astimezone(PARIS):%H:%M %z}" for one in found]

def cron(text, zone="Europe/Paris"):
    return CronSchedule(cron=text, timezone=zone)

def interval(zone="Europe/Paris", **length):
    anchor = datetime(2026, 1, 1, 3, 30 if "days" in length else 0, tzinfo=PARIS)
    return IntervalSchedule(interval=timedelta(**length), anchor_date=anchor, timezone=zone)

print(json.dumps({
    "half past two, spring": starts(cron("30 2 * * *"), 2026, 3, 29),
    "half past two, autumn": starts(cron("30 2 * * *"), 2026, 10, 25),
    "half past three, spring": starts(cron("30 3 * * *"), 2026, 3, 29),
    "half past three, autumn": starts(cron("30 3 * * *"), 2026, 10, 25),
    "hourly in Paris, autumn": starts(cron("0 * * * *"), 2026, 10, 25)[1:4],
    "hourly in UTC, autumn": starts(cron("0 * * * *", "UTC"), 2026, 10, 25)[1:5],
    "without a zone": starts(cron("30 2 * * *", None), 2026, 1, 10),
    "a day in Paris, winter": starts(interval(days=1), 2026, 1, 10),
    "a day in Paris, summer": starts(interval(days=1), 2026, 7, 10),
    "a day in UTC, winter": starts(interval("UTC", days=1), 2026, 1, 10),
    "a day in UTC, summer": starts(interval("UTC", days=1), 2026, 7, 10),
    "hourly interval in Paris, autumn": starts(interval(hours=1), 2026, 10, 25)[1:5],
    "hourly interval in UTC, autumn": starts(interval("UTC", hours=1), 2026, 10, 25)[1:5],
}))
"""


OLD = Version(version("prefect")) < Version("3.9")  # what Python 3.10 gets
ALL_HOURS = ["01:00 +0200", "02:00 +0200", "02:00 +0100", "03:00 +0100"]
AFTER = ["03:00 +0100", "04:00 +0100"]


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    home: Path = tmp_path_factory.mktemp("home")
    done = subprocess.run(
        [sys.executable, "-c", FACTS],
        env={**os.environ, "PREFECT_HOME": str(home), "DO_NOT_TRACK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        ("half past two, spring", ["01:30 +0100"] if OLD else ["03:30 +0200"]),
        ("half past two, autumn", ["02:30 +0200"]),
        ("half past three, spring", ["03:30 +0200"]),
        ("half past three, autumn", ["03:30 +0100"]),
        ("hourly in Paris, autumn", ["01:00 +0200", "02:00 +0200", "03:00 +0100"]),
        ("hourly in UTC, autumn", ALL_HOURS),
        ("without a zone", ["03:30 +0100"]),
        ("a day in Paris, winter", ["03:30 +0100"]),
        ("a day in Paris, summer", ["04:30 +0200"] if OLD else ["03:30 +0200"]),
        ("a day in UTC, winter", ["03:30 +0100"]),
        ("a day in UTC, summer", ["04:30 +0200"]),
        # Documented to follow UTC, which it does with the other clock library of Python 3.13.
        (
            "hourly interval in Paris, autumn",
            ALL_HOURS if sys.version_info >= (3, 13) else [*ALL_HOURS[:2], *AFTER],
        ),
        ("hourly interval in UTC, autumn", ALL_HOURS),
    ],
)
def test_schedule_behaves_as_the_lesson_says(
    facts: dict[str, list[str]], fact: str, expected: list[str]
) -> None:
    assert facts[fact] == expected

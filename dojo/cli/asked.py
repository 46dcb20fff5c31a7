"""What an instructor asked of a batch: options as they were written, read when it is graded.

They are kept beside the results, so that `dojo regrade` asks the same again.
"""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel, ConfigDict

from dojo.catalog.kata import Kata
from dojo.ground.exits import Exit, Stop, check_choice
from dojo.ground.paths import find_root
from dojo.language import languages

if TYPE_CHECKING:
    from dojo.grading.lateness import LatePolicy
    from dojo.intake.submission import Collected


class Asked(BaseModel):
    """The options of one `dojo grade` that say what comes out, not those that say how it is done.

    Attributes:
        folder: Where the command was given: what it names lies below.
        paths: What was named to be graded.
        roster: The roster's path; None without.
        kata: The names of the katas to grade.
        feedback: How much the results say.
        lang: The language of what learners read.
        level: The walls.
        attempt: Which attempt of a learner counts.
        deadline: The last moment in time.
        zone: Of dates without one.
        late_percent: Taken off for each late day.
        late_at_most: Taken off for all of them together.
        grace: How much later a late day begins.
        sign_key: The path of the key that results are signed with.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: str
    paths: list[str]
    roster: str | None = None
    kata: list[str] = []
    feedback: str = "full"
    lang: str = "en"
    level: str = "strict"
    attempt: str = "newest"
    deadline: str | None = None
    zone: str | None = None
    late_percent: float = 10.0
    late_at_most: float = 100.0
    grace: str = "0m"
    sign_key: str | None = None

    def check(self) -> None:
        """Refuse what no batch can be made of.

        Raises:
            Stop: An option has no such value, or there is nothing to grade.
        """
        from dojo.grading.results import Feedback
        from dojo.intake.learners import Attempt
        from dojo.sandbox.walls import Level

        check_choice("--feedback", self.feedback, get_args(Feedback))
        check_choice("--lang", self.lang, languages(find_root()))
        check_choice("--level", self.level, get_args(Level))
        check_choice("--attempt", self.attempt, get_args(Attempt))
        if not self.paths and self.roster is None:
            raise Stop(Exit.USAGE, "there is nothing to grade; name a folder: 'dojo grade class/'")

    def policy(self) -> LatePolicy:
        """Return what lateness costs.

        Raises:
            Stop: An option cannot be read.
        """
        from dojo.grading.lateness import LatePolicy

        return LatePolicy(
            deadline=_moment(self.deadline, _zone(self.zone)),
            percent_a_day=self.late_percent,
            at_most_percent=self.late_at_most,
            grace_minutes=_minutes(self.grace),
        )

    def collect(self, katas: list[Kata], wanted: list[Kata], policy: LatePolicy) -> Collected:
        """Find what was handed in.

        Raises:
            Stop: What was named cannot be read at all.
        """
        from dojo.intake.submission import collect

        zone = _zone(self.zone)
        if zone is None and policy.deadline is not None:
            zone = policy.deadline.tzinfo
        paths = [Path(one) for one in self.paths]
        roster = None if self.roster is None else Path(self.roster)
        with faults_of_the_order():
            return collect(paths, roster, katas, wanted, zone, self.attempt)  # type: ignore[arg-type]

    def key(self) -> bytes | None:
        """Return the key that results are signed with.

        Raises:
            Stop: It cannot be used.
        """
        from dojo.grading.signing import read_key

        with faults_of_the_order():
            return None if self.sign_key is None else read_key(Path(self.sign_key))


def check_cluster(dask: str | None, flow: bool | None) -> None:
    """Refuse an address that is none.

    Raises:
        Stop: It is none, or another option contradicts it.
    """
    if dask is not None and flow is False:
        raise Stop(Exit.USAGE, "with --dask the batch is a flow run: leave out --no-flow")
    if dask is not None and not re.fullmatch(r"[a-z]+://[^/]+:\d+", dask):
        raise Stop(Exit.USAGE, f"--dask is {dask!r}; write it as tcp://127.0.0.1:8786")


@contextlib.contextmanager
def faults_of_the_order() -> Iterator[None]:
    """Turn what cannot be read or kept into one line and a usage error."""
    from dojo.grading.signing import KeyRefused
    from dojo.grading.store import StoreError
    from dojo.intake.learners import RosterError

    try:
        yield
    except (RosterError, KeyRefused, StoreError) as error:
        raise Stop(Exit.USAGE, str(error)) from None


def _moment(text: str | None, zone: datetime.tzinfo | None) -> datetime.datetime | None:
    from dojo.intake.moments import HOW, MomentError, read_moment

    if text is None:
        return None
    try:
        moment = read_moment(text, zone, latest=True)
    except MomentError as error:
        cure = f"write {HOW}, or name a --time-zone"
        raise Stop(Exit.USAGE, f"--deadline is {text!r}: it {error}; {cure}") from None
    return moment if zone is None else moment.astimezone(zone)


def _zone(name: str | None) -> datetime.tzinfo | None:
    from dojo.intake.moments import MomentError, zone_called

    try:
        return None if name is None else zone_called(name)
    except MomentError as error:
        raise Stop(Exit.USAGE, f"--time-zone {error}") from None


def _minutes(text: str) -> float:
    """Return a length of time in minutes; a day of grace and more is a later deadline."""
    from dojo.intake.moments import MomentError, read_length

    try:
        length = read_length(text)
    except MomentError as error:
        raise Stop(Exit.USAGE, f"--grace is {text!r}: it {error}") from None
    if length >= datetime.timedelta(days=1):
        raise Stop(Exit.USAGE, f"--grace is {text!r}: from a day on, set a later --deadline")
    return length / datetime.timedelta(minutes=1)

"""What happened in one test, as plain data that can be kept: runs, their states, tables.

Nothing here knows an engine. A `State` is a row that an engine stored, with its stamp; what is
drawn is made of such rows only, see `timeline`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from dojo.ground.files import write_whole
from dojo.ground.foreign import first_fault, read_json
from dojo.ground.safe_text import one_line

SCHEMA: Literal[1] = 1
MOST_RUNS = 2_000
MOST_STATES = 200
MOST_ROWS = 200
_MOST_BYTES = 8 << 20
_DAYS_S = 1e7

Kind = Literal["flow run", "task run", "run", "step", "tracked run"]
# Names come from a learner's code: one line, of what can be seen, not too long.
Word = Annotated[str, AfterValidator(lambda text: one_line(text, 120))]
Words = Annotated[str, AfterValidator(lambda text: one_line(text, 300))]
Seconds = Annotated[float, Field(ge=-_DAYS_S, le=_DAYS_S, allow_inf_nan=False)]
Length = Annotated[float, Field(ge=0, le=_DAYS_S, allow_inf_nan=False)]


class StoryError(Exception):
    """A file of stories cannot be read; the message is one line that says how to mend it."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class State(_Part):
    """A state that an engine stored of a run.

    Attributes:
        at: Its stamp, in seconds since the recording began.
        name: As the engine calls it: `Running`, `AwaitingRetry`.
        wait_s: How long the engine was to wait in it; None where it waits for nothing.
    """

    at: Seconds
    name: Word
    wait_s: Length | None = None


class Nap(_Part):
    """A wait that the solution made, and the test's clock made free.

    Attributes:
        at: When it began, in seconds since the recording began.
        seconds: How long it would have been.
    """

    at: Seconds
    seconds: Length


class Run(_Part):
    """One run of anything: of a flow, a task, a Dagster job or its step, or in MLflow.

    Attributes:
        id: Its number in this story, from 1.
        kind: What ran.
        name: The flow's, the task's, the asset's: not one that chance gave the run.
        parent: The number of the run that it belongs to; None for one called from outside.
        gets: The numbers of the runs whose results it was given, or waited for.
        states: What was stored of it, in order.
        naps: The waits of its own code.
        notes: What else is known: a name of its own, a partition, a failed check, an error.
    """

    id: Annotated[int, Field(ge=1)]
    kind: Kind
    name: Word
    parent: int | None = None
    gets: tuple[int, ...] = ()
    states: Annotated[tuple[State, ...], Field(max_length=MOST_STATES)] = ()
    naps: Annotated[tuple[Nap, ...], Field(max_length=MOST_STATES)] = ()
    notes: Annotated[tuple[Words, ...], Field(max_length=20)] = ()

    @property
    def ended(self) -> str:
        """Return the name of its last state; empty if it has none."""
        return self.states[-1].name if self.states else ""

    @property
    def waits_s(self) -> list[float]:
        """Return how long each of its waits was to be, those of its own code included."""
        engine = [(one.at, one.wait_s) for one in self.states if one.wait_s is not None]
        return [length for _, length in sorted([*engine, *((n.at, n.seconds) for n in self.naps)])]


class Table(_Part):
    """What lies beside the runs: versions and aliases, files, the starts of a schedule.

    Attributes:
        title: What it has, and when: `MLflow, before: aliases`.
        columns: Their names.
        rows: Texts, as many in each as there are columns.
        marks: The places of the rows to look at first.
    """

    title: Word
    columns: tuple[Word, ...]
    rows: Annotated[tuple[tuple[Words, ...], ...], Field(max_length=MOST_ROWS)]
    marks: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _is_even(self) -> Table:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("each row has as many cells as there are columns")
        return self


class Story(_Part):
    """All that is told of one test.

    Attributes:
        kata: Its kata's id; what was run, where that is no kata.
        test: Its name, with its parameters.
        solution: Whose: `learner`, `reference` or a path.
        runs: In the order in which they began.
        moves: When, and by how many seconds, the test moved the time of day forward.
        tables: What else there is to see.
        left_out: How many more runs there were.
    """

    schema_: Annotated[Literal[1], Field(alias="schema")] = SCHEMA
    kata: Word
    test: Word
    solution: Words
    runs: Annotated[tuple[Run, ...], Field(max_length=MOST_RUNS)] = ()
    moves: Annotated[tuple[Nap, ...], Field(max_length=MOST_STATES)] = ()
    tables: Annotated[tuple[Table, ...], Field(max_length=40)] = ()
    left_out: int = 0

    @model_validator(mode="after")
    def _runs_are_known(self) -> Story:
        known: set[int] = set()
        for run in self.runs:
            if run.id in known or (run.parent is not None and run.parent not in known):
                raise ValueError(f"run {run.id} is there twice, or before its parent")
            known.add(run.id)
        if any(one not in known for run in self.runs for one in run.gets):
            raise ValueError("a run gets the result of one that is not there")
        return self

    def to_json(self) -> str:
        """Return it on one line."""
        return self.model_dump_json(by_alias=True, exclude_defaults=True)

    def cut(self, most: int) -> Story:
        """Return it with its first runs only, and how many were left out."""
        kept = {run.id for run in self.runs[:most]}
        runs = tuple(
            run.model_copy(update={"gets": tuple(one for one in run.gets if one in kept)})
            for run in self.runs[:most]
        )
        left_out = self.left_out + len(self.runs) - len(runs)
        return self.model_copy(update={"runs": runs, "left_out": left_out})

    def of_run(self, number: int) -> Run:
        """Return the run of a number."""
        return next(run for run in self.runs if run.id == number)


def read_stories(path: Path) -> list[Story]:
    """Read a file with a story a line.

    Args:
        path: The file; anybody may have written it.

    Returns:
        The stories; empty if nothing is in it, or there is none.

    Raises:
        StoryError: A line is damaged; it says which, and why.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise StoryError(f"{path.name} has more than {_MOST_BYTES >> 20} MB; make it anew")
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoryError(f"{path.name} cannot be read: {error.strerror}") from None
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(Story.model_validate(read_json(line)))
        except ValidationError as error:
            raise StoryError(f"{path.name}, line {number}: {first_fault(error)}") from None
        except ValueError as error:
            raise StoryError(f"{path.name}, line {number}: {error}") from None
    return found


def write_stories(path: Path, stories: list[Story]) -> None:
    """Write a file with a story a line."""
    write_whole(path, "".join(f"{one.to_json()}\n" for one in stories).encode())

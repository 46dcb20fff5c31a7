"""Say where a class is stuck, from the attempts that its learners have handed in."""

from __future__ import annotations

import collections
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dojo.catalog.attempts import Attempt, read_attempts
from dojo.ground.safe_text import in_a_list, name

# From so many runs on that leave a task as it was, whoever made them counts as stuck.
MANY_TRIES = 5
_MOST_FILES = 10_000


@dataclass(frozen=True)
class Place:
    """A task that learners are at.

    Attributes:
        kata: The kata's id.
        task: The task's number.
        learners: Who is at it with their last run of this kata, sorted.
        stuck: Who of them has run it `MANY_TRIES` times and more.
        tries: The median of the runs that they have made at it.
        opened: How many of them have opened the last tier of its hints.
        test: The test that is red for most of them; "" where the task is still a stub.
        red: For how many.
    """

    kata: str
    task: int
    learners: tuple[str, ...]
    stuck: tuple[str, ...]
    tries: float
    opened: int
    test: str
    red: int


def handed_in(folder: Path, say: Callable[[str], None]) -> dict[str, list[Attempt]]:
    """Read what lies below a folder: `ada/.dojo/attempts.jsonl`, `ada/attempts.jsonl`, `ada.jsonl`.

    Args:
        folder: What the learners have handed in.
        say: Is told, a line each, what was left out and why; it costs that file only.

    Returns:
        The attempts of each learner, who is called like the first folder, or the file, below it.
    """
    found: dict[str, list[Attempt]] = {}
    files = sorted(path for path in folder.rglob("*.jsonl") if not path.is_symlink())
    if len(files) > _MOST_FILES:
        say(f"{len(files) - _MOST_FILES} files are too many, and left out")
    for path in files[:_MOST_FILES]:
        parts = path.relative_to(folder).parts
        learner = name(parts[0] if len(parts) > 1 else path.stem)
        shown = name(str(path.relative_to(folder)))
        try:
            read = read_attempts(path, lambda said, shown=shown: say(f"{shown}: {said}"))  # type: ignore[misc]
        except OSError as error:
            say(f"{shown} is left out: {error.strerror}")
        except UnicodeDecodeError:
            say(f"{shown} is left out: it is no text")
        except ValueError as error:
            say(f"{shown} is left out: {error}")
        else:
            found.setdefault(learner, []).extend(read)
    return {one: sorted(read, key=lambda each: each.when) for one, read in found.items()}


def places(attempts: Mapping[str, Sequence[Attempt]]) -> list[Place]:
    """Return the tasks that learners are at, first the one where most are stuck.

    Args:
        attempts: Of each learner, in the order of their moments.
    """
    at: dict[tuple[str, int], dict[str, list[Attempt]]] = {}
    for learner, theirs in attempts.items():
        by_kata: dict[str, list[Attempt]] = {}
        for one in theirs:
            by_kata.setdefault(one.kata, []).append(one)
        for kata, runs in by_kata.items():
            if (task := runs[-1].task) is not None:
                since = _last_stretch(runs, task)
                at.setdefault((kata, task), {})[learner] = since
    found = [_place(kata, task, runs) for (kata, task), runs in at.items()]
    return sorted(found, key=lambda one: (-len(one.stuck), -len(one.learners), one.kata, one.task))


def _place(kata: str, task: int, runs: Mapping[str, Sequence[Attempt]]) -> Place:
    learners = sorted(runs, key=in_a_list)
    tests = collections.Counter(test for theirs in runs.values() for test in set(theirs[-1].red))
    test, red = min(tests.items(), key=lambda item: (-item[1], item[0])) if tests else ("", 0)
    return Place(
        kata,
        task,
        tuple(learners),
        tuple(one for one in learners if len(runs[one]) >= MANY_TRIES),
        statistics.median(len(theirs) for theirs in runs.values()),
        sum(theirs[-1].tier == 3 for theirs in runs.values()),
        test,
        red,
    )


def _last_stretch(runs: Sequence[Attempt], task: int) -> list[Attempt]:
    """Return the last runs of one kata in a row that were all at this task."""
    since: list[Attempt] = []
    for one in reversed(runs):
        if one.task != task:
            break
        since.insert(0, one)
    return since

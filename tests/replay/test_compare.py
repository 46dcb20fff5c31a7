"""What differs is said in a line; what is of the machine, or of chance, is no difference."""

from __future__ import annotations

import pytest

from dojo.replay.compare import differences, marked, shape
from dojo.replay.story import Story, Table
from tests.replay.made_up import retried, run, story

FLOW = run(1, (0, "Running"), (9, "Completed"), kind="flow run", name="night")
STAIRS = story(FLOW, *(run(n, (n, "Running"), (n + 1, "Completed"), parent=1) for n in (2, 3, 4)))
BLOCK = story(FLOW, *(run(n, (2, "Running"), (5, "Completed"), parent=1) for n in (2, 3, 4)))
ALIASES = ("model", "version", "alias")


def table(*rows: tuple[str, str, str]) -> Table:
    return Table(title="after", columns=ALIASES, rows=rows)


@pytest.mark.parametrize(
    ("mine", "other", "line"),
    [
        (story(retried(1, 0, 10)), story(retried(1, 0, 60)), "load: waits 10 s; reference: 60 s"),
        (STAIRS, BLOCK, "load: one after the other; reference: 3 at once"),
        (BLOCK, STAIRS, "load: 3 at once; reference: one after the other"),
        (
            story(run(1, (0, "Pending"), (1, "Running"), (2, "Completed"))),
            story(run(1, (0, "Pending"), (1, "Cached"))),
            "load: ends in Completed; reference: Cached",
        ),
        (
            story(FLOW, run(2, (1, "Running"), (2, "Completed"))),
            story(FLOW, run(2, (1, "Running"), (2, "Completed"), parent=1)),
            "load: 1 task run; reference: no",
        ),
        (story(), story(FLOW), "night: no flow runs; reference: 1"),
        (
            story(tables=(table(("churn", "2", "champion")),)),
            story(tables=(table(("churn", "1", "champion")),)),
            "after: churn 2 champion; reference: churn 1 champion",
        ),
    ],
    ids=["wait", "stairs", "block", "hit", "no parent", "no run", "alias"],
)
def test_difference_is_said(mine: Story, other: Story, line: str) -> None:
    assert line in differences(mine, other)


def test_speed_and_jitter_are_no_difference() -> None:
    slow = story(run(1, (0, "Running"), (9, "AwaitingRetry", 60.0), (9.1, "Retrying")))
    quick = story(run(1, (0, "Running"), (1, "AwaitingRetry", 60.4), (1.1, "Retrying")))

    assert differences(slow, quick) == []


def test_files_differ_by_their_names_not_their_sizes() -> None:
    def left(*files: tuple[str, str]) -> Story:
        return story(
            tables=({"title": "Files that stay", "columns": ("file", "b"), "rows": files},)
        )

    kept, other = left(("a.csv", "51")), left(("a.csv", "50"))
    found = differences(left(("a.csv", "50"), (".a.part", "9")), kept)

    assert differences(kept, other) == []
    assert found == ["Files that stay: .a.part; reference: no such row"]


def test_many_differences_are_cut_short() -> None:
    mine = story(*(run(n, (n, "Running"), name=f"task_{n}") for n in range(1, 40)))

    assert len(differences(mine, story())) == 13
    assert differences(mine, story())[-1] == "and 27 more"
    assert marked(mine, story()) == {one.id for one in mine.runs}


def test_shape_knows_no_moment_and_no_count() -> None:
    assert (
        shape(STAIRS)
        == shape(BLOCK)
        == [
            "flow run night: Completed",
            "night > task run load: Completed",
        ]
    )

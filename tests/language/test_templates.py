"""The sentences of a test file are found, and what is no sentence is not."""

from __future__ import annotations

from pathlib import Path

from dojo.language.templates import templates_of

FILE = '''
"""What this file is for."""

ROWS = {"a key that is shown": "shown to a learner"}


def check(seen: "not this one", names) -> "nor this one":
    """Say what it is."""
    assert seen.value == "a value that is compared", told(
        f"{seen.call} {seen.ending}",
        f"It made {len(names)} request{'' if len(names) == 1 else 's'}, {names[0]!r} first"
        " of all.",
        "In braces: {x}.",
        "ids" if names else "no ids at all",
        f"{', '.join(names) or 'none'}",
    )
    frame["a column"] = "customer_id,plan"
    store("SELECT name FROM runs WHERE id = 1")
'''


def test_each_sentence_is_found_with_names_for_what_is_put_in(tmp_path: Path) -> None:
    file = tmp_path / "test_it.py"
    file.write_text(FILE, encoding="utf-8")

    found = [one.text for one in templates_of(file)]

    assert found == [
        "a key that is shown",
        "shown to a learner",
        "It made {len_names} request{it}, {names} first of all.",
        "In braces: {{x}}.",
        "ids",
        "no ids at all",
        "none",
    ]

"""The author's page: its names are those of the public face, its example is a pack that runs."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import dojo.kit
import dojo.running.entry
import dojo.testing
from dojo.author.files import code_blocks, headings
from dojo.catalog.pack import Pack
from dojo.ground.paths import PACKAGE_ROOT

PAGES = [PACKAGE_ROOT / "docs" / name for name in ("authors.md", "authors.fr.md")]
EXAMPLE = PACKAGE_ROOT / "tests" / "pack" / "json_katas"

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def names_in_table(text: str, after: str) -> list[str]:
    """Return the names in the first column of the table that follows a text."""
    rows = re.search(r"(?:^\|.*\n)+", text[text.index(after) :], re.MULTILINE)
    assert rows is not None
    firsts = [row.split("|")[1] for row in rows[0].splitlines()[2:]]
    return [name for first in firsts for name in re.findall(r"`(\w+)`", first)]


@each_page
def test_names_of_the_kit_are_those_of_the_page(page: Path) -> None:
    named = names_in_table(
        page.read_text("utf-8"),
        "`dojo.kit`" + ("\N{NO-BREAK SPACE}:" if "fr" in page.name else ":"),
    )

    assert sorted(named) == sorted(dir(dojo.kit))


@each_page
def test_names_for_tests_are_those_of_the_page(page: Path) -> None:
    assert (
        sorted(names_in_table(page.read_text("utf-8"), "`dojo.testing`,")) == dojo.testing.__all__
    )


@each_page
def test_keys_of_the_table_are_those_of_the_page(page: Path) -> None:
    text = page.read_text("utf-8")
    keys = names_in_table(text, "| clé | ce" if "fr" in page.name else "| key | what")

    assert sorted(keys) == sorted(Pack.model_fields.keys() - {"root"})


@each_page
def test_fixtures_of_the_page_are_those_that_tests_get(page: Path) -> None:
    named = names_in_table(page.read_text("utf-8"), "| fixture | ")
    source = PACKAGE_ROOT / "dojo" / "running" / "given" / "fixtures.py"
    given = re.findall(r"^@pytest\.fixture\ndef (\w+)", source.read_text("utf-8"), re.MULTILINE)

    assert sorted(named) == sorted(given)
    assert [name for name in named if not hasattr(dojo.running.entry, name)] == []


def test_all_names_of_the_kit_are_exported() -> None:
    assert sorted(dojo.kit.__all__) == dir(dojo.kit)


@pytest.mark.parametrize("name", dir(dojo.kit))
def test_name_of_the_kit_can_be_had_and_says_what_it_is(name: str) -> None:
    one = getattr(dojo.kit, name)

    assert isinstance(one, dict) or one.__doc__ or name == "Say"


@pytest.mark.parametrize("name", [*dir(dojo.kit), *dojo.testing.__all__])
def test_name_of_the_public_face_is_told_in_the_changelog(name: str) -> None:
    pages = [PACKAGE_ROOT / "CHANGELOG.md", *(PACKAGE_ROOT / "changelog").glob("*.authors.md")]

    assert any(f"`{name}`" in page.read_text("utf-8") for page in pages)


def test_name_that_the_kit_lacks_leads_to_the_page() -> None:
    with pytest.raises(AttributeError, match=r"dojo\.kit has no 'Desks'; docs/authors\.md"):
        dojo.kit.Desks  # noqa: B018 - it is looked for


@pytest.mark.parametrize("name", dojo.testing.__all__)
def test_function_for_tests_is_typed(name: str) -> None:
    function = getattr(dojo.testing, name)

    assert "return" in function.__annotations__
    assert function.__doc__


def test_types_of_the_kit_are_those_that_are_imported() -> None:
    """What a type checker sees is what Python gives."""
    text = Path(dojo.kit.__file__).read_text("utf-8")
    seen = dict(re.findall(r"^    from (\S+) import (\w+) as \2$", text, re.MULTILINE))
    pairs = re.findall(r"^    from (\S+) import (\w+) as \2$", text, re.MULTILINE)

    assert seen
    assert {name: place for place, name in pairs} == dojo.kit._PLACE_OF


def test_both_pages_show_the_same_code() -> None:
    english, french = (page.read_text("utf-8") for page in PAGES)

    assert code_blocks(english) == code_blocks(french)
    assert headings(english) == headings(french)


def test_code_of_the_page_is_that_of_the_pack_that_is_run() -> None:
    text = PAGES[0].read_text("utf-8")
    shown = re.findall(r"^```(?:python|toml)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    files = [path for path in EXAMPLE.rglob("*") if path.suffix in (".py", ".toml")]
    written = "\n".join(path.read_text("utf-8") for path in files)
    written += dojo.testing.__doc__ or ""

    assert len(shown) > 5
    assert [block for block in shown if block.strip() not in written] == []


def test_all_fields_of_an_engine_are_documented() -> None:
    from dojo.engines.protocol import Engine

    fields = Engine.__dataclass_fields__.keys()

    said = inspect.getdoc(Engine) or ""  # from Python 3.13 on a docstring has no margin
    assert [name for name in fields if f"\n    {name}: " not in said] == []

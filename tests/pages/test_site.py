"""What a site is made of, before Sphinx has it: pages, links, order; and what checks it after."""

from __future__ import annotations

import html
import re
from pathlib import Path, PurePosixPath

import pytest
from typer.testing import CliRunner

from dojo.catalog.kata import Kata, load_catalog
from dojo.cli.door import app
from dojo.ground.exits import Exit
from dojo.replay.story import write_stories
from dojo.site import building
from dojo.site.checking import faults_of
from dojo.site.layout import lay_out
from dojo.site.links import in_french, on_the_site
from dojo.site.outline import outline
from dojo.site.pages import LANGUAGES, page_at, site_of
from dojo.site.replays import replays_page
from tests.made_up_katas import write_kata
from tests.replay.made_up import run, story

ROOT = Path(__file__).resolve().parents[2]
SITE = site_of(ROOT, load_catalog(ROOT))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout with one kata, a README and a picture, which says no address."""
    folder = tmp_path / "a course"
    write_kata(folder, "", "", "test_a")
    for name, text in {
        "README.md": "# A course\n\n[Français](README.fr.md)\n\nRead [this](docs/more.md#a-b).\n",
        "README.fr.md": "# Un cours\n\n[English](README.md)\n",
        "docs/more.md": "# More\n\n## A b\n\n![it](seen.png)\n",
        "docs/seen.png": "",
        "reference/02_retries/retries.py": "SECRET = 1\n",
        "reference/README.md": "# No page\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def said(root: Path, text: str, at: str = "docs/more.md") -> str:
    """Return what a page that says this says on the site."""
    (root / at).write_text(text, encoding="utf-8")
    site = site_of(root, load_catalog(root))
    return on_the_site(site, page_at(PurePosixPath(at)))[0]


@pytest.mark.parametrize(
    ("source", "language", "place"),
    [
        ("README.fr.md", "fr", "guide"),
        ("docs/start.md", "en", "index"),
        ("katas/02_retries/README.md", "en", "katas/02_retries/index"),
        ("katas/RULES.fr.md", "fr", "katas/rules"),
    ],
)
def test_file_has_its_place(source: str, language: str, place: str) -> None:
    page = page_at(PurePosixPath(source))
    assert (page.language, page.place) == (language, place)


@pytest.mark.parametrize(
    ("written", "turned"),
    [
        ("[a](../README.md)", "[a](../guide.md)"),
        ("[a](../README.md#set-up)", "[a](../guide.md#set-up)"),
        ("[a](../README.fr.md)", "[a](site:../fr/guide.html)"),
        ("[a](../katas)", "[a](../path.md)"),
        ("[a `b`](../reference/02_retries/retries.py), c", "a `b`, c"),
        ("[a](../reference/README.md)", "a"),
        ("[a](https://b.example/c.md)", "[a](https://b.example/c.md)"),
        ("[a](#more)", "[a](#more)"),
        ("`[a](../reference/b.py)`", "`[a](../reference/b.py)`"),
        ("```\n[a](../reference/b.py)\n```", "```\n[a](../reference/b.py)\n```"),
        ("![a](seen.png)", "![a](seen.png)"),
    ],
)
def test_link_leads_to_the_page_or_is_text(checkout: Path, written: str, turned: str) -> None:
    assert said(checkout, written) == turned


def test_link_to_what_is_no_page_leads_to_the_repository_if_one_is_named(checkout: Path) -> None:
    (checkout / "pyproject.toml").write_text(
        '[project]\nname = "a"\n[project.urls]\nRepository = "https://code.example/a/"\n'
    )
    turned = said(checkout, "[a](../reference/b c.py)")
    turned += said(checkout, "[a](../reference/b%20c.py#L1)")

    assert turned == (
        "[a](../reference/b c.py)"  # no link in Markdown
        "[a](https://code.example/a/blob/HEAD/reference/b%20c.py#L1)"
    )


def test_french_signs_stay_with_their_word() -> None:
    text = "## Un titre : il reste\n\nQuoi : `a : b` ; [a](b.md) ?\n\n| :-- |\n"
    kept = text.replace("Quoi :", "Quoi\u00a0:").replace("` ;", "`\u00a0;")

    assert in_french(text) == kept.replace(") ?", ")\u00a0?")


def test_line_that_leads_to_the_other_language_is_left_out(checkout: Path) -> None:
    site = site_of(checkout, load_catalog(checkout))
    text, _ = on_the_site(site, site.pages["en", "guide"])

    assert text == "# A course\n\n\n\nRead [this](docs/more.md#a-b).\n"


def test_small_checkout_is_laid_out_whole_and_without_solutions(
    checkout: Path, tmp_path: Path
) -> None:
    site = site_of(checkout, load_catalog(checkout))
    for language in LANGUAGES:
        folder = tmp_path / language
        folder.mkdir()
        lay_out(site, language, folder)
    laid = {path.relative_to(tmp_path / "en").as_posix() for path in (tmp_path / "en").rglob("*.*")}

    assert site.title == "A course"
    assert laid >= {"index.md", "path.md", "guide.md", "docs/more.md", "docs/seen.png", "site.json"}
    assert not [name for name in laid if "reference" in name or name.endswith(".py")]
    assert "docs/more" in (tmp_path / "en/path.md").read_text("utf-8")


def test_kept_replays_are_drawn_on_the_page_of_their_kata(checkout: Path, tmp_path: Path) -> None:
    (checkout / "reference/01_demo").mkdir()
    write_stories(
        checkout / "reference/01_demo/replay.jsonl",
        [
            story(run(1, (0, "Running"), (1, "Completed")), kata="01_demo", test=name)
            for name in ("test_a[1]", "test_a[2]", "test_gone")
        ],
    )
    for name in ("README.md", "README.fr.md"):
        (checkout / "katas/01_demo" / name).write_text("# 01 Demo\n")
    site = site_of(checkout, load_catalog(checkout))
    for language in LANGUAGES:
        (tmp_path / language).mkdir()
        lay_out(site, language, tmp_path / language)
    folder = tmp_path / "en/katas/01_demo"

    assert "## The replay" in (folder / "index.md").read_text("utf-8")
    assert "## Le replay" in (tmp_path / "fr/katas/01_demo/index.md").read_text("utf-8")
    assert re.findall("^## (.*)", (folder / "replays.md").read_text("utf-8"), re.M) == [
        "`test_a[1]`"
    ]
    assert 'html[data-theme="dark"] .replay' in (tmp_path / "en/made/replay.css").read_text("utf-8")


def test_damaged_replay_is_one_line(checkout: Path) -> None:
    (checkout / "reference/01_demo").mkdir()
    (checkout / "reference/01_demo/replay.jsonl").write_text("{")
    with pytest.raises(ValueError, match=r"^01_demo: replay\.jsonl, line 1: "):
        site_of(checkout, load_catalog(checkout))


@pytest.mark.parametrize("kata", SITE.katas, ids=lambda kata: kata.id)
def test_replays_have_no_line_of_a_solution(kata: Kata) -> None:
    drawn = replays_page(kata, "", SITE.replays[kata.id], "en")
    lines = [line.strip() for line in kata.reference_file.read_text("utf-8").splitlines()]

    assert "<svg" in drawn or "<table" in drawn
    assert [line for line in lines if len(line) >= 16 and html.escape(line) in drawn] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_can_be_reached_from_the_head(language: str) -> None:
    below = outline(SITE, language)
    seen, ahead = set(), ["index"]
    while ahead:
        place = ahead.pop()
        assert place not in seen, f"{place} is below two pages"
        seen.add(place)
        ahead += [one for _, one in below.get(place, [])]

    assert {place for one, place in SITE.pages if one == language} <= seen


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_path_leads_from_each_incident_to_its_kata(language: str, tmp_path: Path) -> None:
    lay_out(SITE, language, tmp_path)
    path = (tmp_path / "path.md").read_text("utf-8").replace("\u00a0", " ")

    for kata in SITE.katas:
        told = kata.incident.get(language).replace("\u00a0", " ")
        assert path.index(told[1:]) < path.index(f"](katas/{kata.id}/index.md)")


@pytest.mark.parametrize(
    ("needed", "there", "code", "words"),
    [
        (("no_such_module",), None, Exit.ENVIRONMENT, "-e '.[site]'"),
        ((), "a file of mine", Exit.USAGE, "is no site; name another with --out"),
    ],
)
def test_what_is_missing_or_in_the_way_is_one_line(
    needed: tuple[str, ...],
    there: str | None,
    code: Exit,
    words: str,
    checkout: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(building, "_NEEDED", needed)
    monkeypatch.chdir(checkout)
    (checkout / "conftest.py").touch()
    out = tmp_path / "out"
    if there:
        out.mkdir()
        (out / there).touch()
    done = CliRunner().invoke(app, ["site", "--out", str(out)])

    assert done.exit_code == code
    assert words in done.output
    assert len(done.output.splitlines()) == 1
    assert [one.name for one in out.glob("*")] == ([there] if there else [])


def test_sphinx_is_quoted_with_the_page_of_the_checkout(checkout: Path) -> None:
    site = site_of(checkout, load_catalog(checkout))
    line = building._told(site, Path("/w"), "fr", "/w/fr/guide.md:3: WARNING: what")

    assert line == "README.fr.md:3: WARNING: what"


@pytest.mark.parametrize(
    ("page", "faults"),
    [
        ('<a href="b.html#x">b</a><p id="y"><a href="#y">y</a>', []),
        ('<a href="b.html#z">', ["a.html: b.html#z leads to a page without that anchor"]),
        ('<a href="c.html">', ["a.html: c.html leads nowhere"]),
        ('<a href="../c.html">', ["a.html: ../c.html leads nowhere"]),
        ('<a href="https://b.example">b</a>', []),
        (
            '<script src="https://b.example/c.js"></script>',
            ["a.html: loads https://b.example/c.js from elsewhere"],
        ),
        (
            "<style>b { background: url(//b.example/c.png) }</style>",
            ["a.html: loads //b.example/c.png from elsewhere"],
        ),
        ('<img src="c.png">', ["a.html: c.png leads nowhere"]),
    ],
)
def test_dead_link_and_foreign_file_are_found(page: str, faults: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page)
    (tmp_path / "b.html").write_text('<h1 id="x">B</h1>')

    assert list(faults_of(tmp_path)) == faults


def test_start_pages_say_two_commands_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for name in ("start.md", "start.fr.md"):
        block = (ROOT / "docs" / name).read_text("utf-8").split("```bash\n")[1].split("```")[0]
        install, run = block.splitlines()
        assert f"{install} && {run}\n" in readme

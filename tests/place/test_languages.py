"""`dojo lang`: files to fill say in French what they ask for; what was begun stays as it is."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dojo.cli.door import app
from dojo.ground.exits import Exit
from dojo.language.catalogue import catalogue_file
from dojo.place.state import language_at
from tests.place.made_up_place import OLD, STUB, bytes_of, hands_out, write_pack

CATALOGUE = """
msgctxt "stub"
msgid "Count."
msgstr "Compter."

msgctxt "stub"
msgid "Return one."
msgstr "Rendre un."

msgctxt "stub"
msgid "TODO(kata): task 1, one."
msgstr "TODO(kata): tâche 1, un."
"""
FRENCH = (
    STUB.replace("Count.", "Compter.")
    .replace("Return one.", "Rendre un.")
    .replace("task 1, one.", "tâche 1, un.")
)
MINE = STUB.replace("raise NotImplementedError", "return 2")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose first two katas speak French too."""
    root = tmp_path / "checkout"
    write_pack(root)
    for kata in ("01_alpha", "02_beta"):
        catalogue_file(root / "katas" / kata, "fr").write_text(CATALOGUE, encoding="utf-8")
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "hand out"]):
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)
    return root


def run(*words: str) -> str:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == Exit.DONE, done.output
    return done.output


def test_clone_speaks_french_and_english_again(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    before = bytes_of(checkout)
    alpha, beta, gamma = (
        checkout / "katas" / name
        for name in ("01_alpha/alpha.py", "02_beta/beta.py", "03_gamma/gamma.py")
    )
    beta.write_text(MINE)

    said = run("lang", "fr")

    assert alpha.read_text(encoding="utf-8") == FRENCH
    assert beta.read_text() == MINE
    assert gamma.read_text() == STUB
    assert "02_beta/beta.py has been begun" in said
    assert "alpha" not in said

    run("lang", "fr")
    assert alpha.read_text(encoding="utf-8") == FRENCH
    alpha.write_bytes(alpha.read_bytes().replace(b"\n", b"\r\n"))
    beta.write_text(STUB)
    run("lang", "en")
    assert bytes_of(checkout) == before


def test_workspace_is_made_in_french_and_changes_its_language(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / ".vscode").mkdir()
    (checkout / ".vscode/tasks.json").write_text('{"tasks": [{"label": "dojo: hint"}]}')
    hands_out(monkeypatch, checkout, OLD)
    root = tmp_path / "mine"
    run("init", str(root), "--lang", "fr", "--no-venv")
    monkeypatch.chdir(root)
    tasks = root / ".vscode/tasks.json"
    assert tasks.read_text() == '{"tasks": [{"label": "dojo: indice"}]}'
    subject = subprocess.check_output(["git", "log", "--format=%s"], encoding="utf-8")
    assert subject.startswith("Départ avec les katas")
    alpha, beta = root / "katas/01_alpha/alpha.py", root / "katas/02_beta/beta.py"

    assert alpha.read_text(encoding="utf-8") == FRENCH
    mine = FRENCH.replace("raise NotImplementedError", "return 2")
    beta.write_text(mine, encoding="utf-8")

    run("lang", "en")

    assert alpha.read_text() == STUB
    assert beta.read_text(encoding="utf-8") == mine
    assert tasks.read_text() == '{"tasks": [{"label": "dojo: hint"}]}'
    assert language_at(root) == "en"


def test_language_that_nobody_speaks_is_refused(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)

    done = CliRunner().invoke(app, ["lang", "de"])

    assert done.exit_code == Exit.USAGE
    assert "'de'" in done.output

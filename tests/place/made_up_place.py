"""Made-up checkouts that a dojo hands out, an older and a newer one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dojo.place import pack
from tests.made_up_katas import write_checkout, write_kata

STUB = '''"""Count."""


def one() -> int:
    """Return one."""
    # TODO(kata): task 1, one.
    raise NotImplementedError
'''
TESTS = "def test_one(solution):\n    assert solution.one() == 1\n"
SOLVED = "def one():\n    return 1  # mine\n"
OLD, NEW = "1.0", "2.0"


def write_pack(root: Path) -> None:
    """Write the older checkout: katas 01_alpha, 02_beta and 03_gamma."""
    for number, slug in ((1, "alpha"), (2, "beta"), (3, "gamma")):
        track = "dagster" if number == 3 else "prefect"
        folder = write_kata(root, STUB, TESTS, "test_one", number=number, slug=slug, track=track)
        (folder / "README.md").write_text(f"# {slug}\n")
        (folder / "README.fr.md").write_text(f"# {slug}, en français\n")
        reference = root / "reference" / folder.name
        reference.mkdir(parents=True)
        (reference / f"{slug}.py").write_text(SOLVED)
        (reference / "exam.py").write_text("SECRET = 1\n")
        (reference / "answers").mkdir()
        (reference / "answers/wrong_one.py").write_text("")
    write_checkout(root)
    (root / "constraints.txt").write_text("pytest==8\n")


def write_newer_pack(root: Path, older: Path) -> None:
    """Write the newer one: other stubs, tests and pages, a kata more and one less."""
    shutil.copytree(older, root)
    for slug in ("01_alpha", "02_beta"):
        stub = root / "katas" / slug / f"{slug[3:]}.py"
        stub.write_text(STUB.replace("one() -> int", "one(more: int = 0) -> int"))
        (root / "katas" / slug / f"test_{slug[3:]}.py").write_text(TESTS + "\n# newer\n")
        (root / "katas" / slug / "README.md").write_text("# newer\n")
    shutil.move(root / "katas/03_gamma", root / "katas/03_delta")
    shutil.move(root / "reference/03_gamma", root / "reference/03_delta")
    toml = root / "katas/03_delta/kata.toml"
    toml.write_text(toml.read_text().replace("gamma", "delta"))
    for path in [*root.glob("katas/03_delta/*gamma.py"), *root.glob("reference/03_delta/gamma.py")]:
        path.rename(path.with_name(path.name.replace("gamma", "delta")))
    (root / "conftest.py").write_text((root / "conftest.py").read_text() + "# newer\n")
    (root / "constraints.txt").write_text("pytest==9\n")


def hands_out(monkeypatch: pytest.MonkeyPatch, checkout: Path, version: str) -> None:
    """Have this dojo be of a version, and hand out a made-up checkout."""
    monkeypatch.setattr(pack, "PACKAGE_ROOT", checkout)
    monkeypatch.setattr(pack, "own_version", lambda: version)


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Return what is in each file below a folder, without locks and what Git keeps."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock" and ".git" not in path.parts
    }


class _Steps:
    """Ends this process, as SIGKILL does, before the step of that number."""

    def __init__(self, last: int) -> None:
        self.left = last

    def counted(self, real: Callable) -> Callable:
        def step(*args: object, **more: object) -> object:
            if self.left == 0:
                os._exit(9)
            self.left -= 1
            return real(*args, **more)

        return step


def killed_at(step: int, command: Callable[[], object]) -> bool:
    """Run a command in a child that is killed before it changes the disk for the n-th time.

    Each call that makes, replaces, writes or removes something counts.

    Returns:
        Whether it came so far.
    """
    child = os.fork()
    if child == 0:
        code = 70
        try:
            steps = _Steps(step)
            for name in ("write_bytes", "write_text", "replace", "rename", "unlink", "mkdir"):
                setattr(Path, name, steps.counted(getattr(Path, name)))
            command()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, 9), f"the command failed with {code}"
    return code == 9

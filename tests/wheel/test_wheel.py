"""The wheel, built and installed: a workspace is made of it, used, and brought to a newer one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from dojo.catalog.handed_out import handed_out
from dojo.ground.paths import PACKAGE_ROOT as ROOT
from dojo.ground.paths import cache_dir
from dojo.place.carried import ARCHIVE, carried, is_stub
from dojo.sandbox.walls import missing_for

ATTACK = ROOT / "tests/attacks/submissions/reads_the_wheel.py"
OLDER, NEWER = "0.0.1", "0.0.2"
SOLVED = ROOT / "reference/02_retries/retries.py"


def run(*words: str | Path, cwd: Path, code: int | None = 0, **more: str) -> str:
    """Run a program as somebody whose shell knows nothing of this checkout; return what it says."""
    kept = {key: text for key, text in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**kept, "DOJO_CACHE": str(cache_dir()), "DOJO_LANG": "en", **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert code in (None, done.returncode), done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


def copy_of_checkout(target: Path, version: str) -> Path:
    """Copy what Git knows, with the stubs of the last commit, as another version."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(handed_out(ROOT / name) if is_stub(name) else (ROOT / name).read_bytes())
    project = target / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    project.write_text(re.sub('(?m)^version = ".*"$', f'version = "{version}"', text))
    return target


def built(checkout: Path, out: Path, *how: str) -> Path:
    """Build it with uv; return what came out last."""
    run("uv", "build", "--quiet", *how, "--out-dir", out, checkout, cwd=checkout)
    return max(
        (path for path in out.iterdir() if path.suffix in (".whl", ".gz")),
        key=lambda path: (path.stat().st_mtime_ns, path.suffix == ".whl"),
    )


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An older and a newer wheel: the latter has another test, another page and another stub."""
    folder = tmp_path_factory.mktemp("wheels")
    older = copy_of_checkout(folder / "older", OLDER)
    newer = copy_of_checkout(folder / "newer", NEWER)
    test = newer / "katas/02_retries/test_retries.py"
    test.write_text(test.read_text(encoding="utf-8") + "\n# newer\n", encoding="utf-8")
    (newer / "katas/02_retries/README.md").write_text("# newer\n")
    stub = newer / "katas/03_caching/caching.py"
    text = stub.read_text(encoding="utf-8").replace("months: int = 6", "months: int = 7")
    stub.write_text(text, encoding="utf-8")
    return {
        OLDER: built(older, folder / "out1", "--wheel"),
        NEWER: built(newer, folder / "out2", "--wheel"),
        "source": folder / "older",
    }


@pytest.fixture(scope="module")
def python(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the packages of this one, and the older wheel in place of the checkout."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv/bin/python"
    theirs = Path(run(python, "-c", PURELIB, cwd=folder).strip())
    for package in Path(sysconfig.get_path("purelib")).iterdir():
        if not re.match(r"__editable__|_*ml[-_]dojo|_virtualenv|__pycache__|pip", package.name):
            place = theirs / package.name
            if package.is_dir():
                shutil.copytree(package, place, copy_function=link, dirs_exist_ok=True)
            else:
                link(package, place)
    install(python, wheels[OLDER])
    return python


PURELIB = "import sysconfig; print(sysconfig.get_path('purelib'))"


def link(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # on another disk
        shutil.copy2(source, target)


def install(python: Path, wheel: Path) -> None:
    words = ("--quiet", "--no-deps", "--offline", "--link-mode", "copy", "--python", python)
    run("uv", "pip", "install", *words, wheel, cwd=wheel.parent)


def test_wheel_carries_the_katas_and_no_examination(wheels: dict[str, Path]) -> None:
    with zipfile.ZipFile(wheels[OLDER]) as wheel:
        names = wheel.namelist()
        with wheel.open(f"dojo/{ARCHIVE}") as inside, zipfile.ZipFile(inside) as archive:
            carried_names = archive.namelist()
            stub = archive.read("katas/02_retries/retries.py")

    assert carried_names == list(carried(ROOT))
    assert stub == handed_out(ROOT / "katas/02_retries/retries.py")
    for name in [*names, *carried_names]:
        assert "exam.py" not in name.rsplit("/")[-1:], name
        assert "held_back.py" not in name, name
        assert "answers/" not in name
        assert not name.endswith("inside.py") or name.startswith("dojo/"), name
    assert not [name for name in names if name.startswith(("katas/", "reference/", "tests/"))]


def test_source_distribution_makes_the_same_wheel(wheels: dict[str, Path], tmp_path: Path) -> None:
    built(wheels["source"], tmp_path, "--sdist")
    (source,) = tmp_path.glob("*.tar.gz")
    run("uv", "build", "--quiet", "--wheel", "--out-dir", tmp_path, source, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")

    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(wheels[OLDER]) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())
        assert one.read(f"dojo/{ARCHIVE}") == other.read(f"dojo/{ARCHIVE}")


def test_both_names_of_the_command_are_there(python: Path, tmp_path: Path) -> None:
    for name in ("dojo", "ml-dojo"):
        assert f"ml-dojo {OLDER}" in run(python.with_name(name), "--version", cwd=tmp_path)
    said = run(python.with_name("dojo"), "list", cwd=tmp_path, code=3)
    assert "'dojo init my-katas' makes a folder with them" in said


def test_workspace_of_an_older_wheel_is_brought_to_a_newer_one(
    wheels: dict[str, Path], python: Path, tmp_path: Path
) -> None:
    dojo, place = python.with_name("dojo"), tmp_path / "my é% #katas"
    run(python.with_name("ml-dojo"), "init", place, "--no-venv", cwd=tmp_path)
    red = run(python, "-m", "pytest", "-q", "katas/02_retries", cwd=place, code=1)
    assert "is still a stub" in red
    said = run(python, "-m", "pytest", "-q", "katas/02_retries", "-x", *REFERENCE, cwd=place)
    assert "passed" in said

    solution, half = SOLVED.read_bytes(), b"# half an idea\n"
    (place / "katas/02_retries/retries.py").write_bytes(solution)
    stub = (place / "katas/03_caching/caching.py").read_bytes()
    (place / "katas/03_caching/caching.py").write_bytes(half + stub)
    run(dojo, "run", "02", cwd=place)
    install(python, wheels[NEWER])
    try:
        told = run(dojo, "doctor", "--json", cwd=place, code=None)
        assert "dojo update" in next(
            one["cure"] for one in json.loads(told)["checks"] if one["name"] == "Folder"
        )
        said = run(dojo, "update", cwd=place)
        assert (place / "katas/02_retries/retries.py").read_bytes() == solution
        assert (place / "katas/03_caching/caching.py").read_bytes() == half + stub
        assert "katas/03_caching/caching.py: your file stays" in said
        assert "add_usage has another signature" in said
        assert "02_retries has changed since you solved it" in said
        assert "# newer" in (place / "katas/02_retries/test_retries.py").read_text("utf-8")
        assert (place / "katas/02_retries/README.md").read_text() == "# newer\n"
        run(dojo, "run", "02", cwd=place)
        assert "changed since" not in run(dojo, "list", cwd=place)
        run(dojo, "reset", "03", "--yes", cwd=place)
        assert b"months: int = 7" in (place / "katas/03_caching/caching.py").read_bytes()
    finally:
        install(python, wheels[OLDER])


REFERENCE = ("--solutions", "reference")


def without_uv() -> str:
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(one for one in folders if not Path(one, "uv").exists())


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_workspace_has_an_environment_in_which_its_katas_run(
    python: Path, tmp_path: Path, installer: str
) -> None:
    place = tmp_path / "my é% #katas"
    path = os.environ["PATH"] if installer == "uv" else without_uv()
    words = ("init", place, "--track", "dagster")

    said = run(python.with_name("ml-dojo"), *words, cwd=tmp_path, PATH=path)

    assert f"Installing the packages into .venv with {installer}" in said
    own = place / ".venv/bin/python"
    assert OLDER in run(own.with_name("dojo"), "--version", cwd=place)
    red = run(own, "-m", "pytest", "-q", "katas/15_automation", cwd=place, code=1)
    assert "is still a stub" in red
    run(own.with_name("dojo"), "run", "15", *REFERENCE, cwd=place, DOJO_TEST_TIMEOUT="300")
    told = json.loads(run(own.with_name("dojo"), "doctor", "--json", cwd=place, code=None))
    found = {one["name"]: one for one in told["checks"]}
    assert [one for one in ("Folder", "Environment", "Packages") if not found[one]["ok"]] == []
    again = run(python.with_name("ml-dojo"), *words, cwd=tmp_path, PATH=path, code=2)
    assert "is a workspace already" in again


def test_uvx_makes_a_workspace_of_the_wheel(wheels: dict[str, Path], tmp_path: Path) -> None:
    run("uvx", "--from", wheels[OLDER], "ml-dojo", "init", "katas", "--no-venv", cwd=tmp_path)

    assert (tmp_path / "katas/katas/02_retries/retries.py").is_file()
    assert (tmp_path / "katas/.vscode/tasks.json").is_file()
    assert f'"dojo": "{OLDER}"' in (tmp_path / "katas/.dojo/workspace.json").read_text()


def test_wheel_brings_the_migrated_databases(python: Path, tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from dojo.engines.prefect.engine import migrated_database;"
        " print(migrated_database(print))"
    )
    said = run(python, "-c", program, cwd=tmp_path, DOJO_CACHE=str(tmp_path / "cache"))

    assert said.splitlines()[-1].startswith(str(tmp_path / "cache"))
    assert "Preparing" not in said


@pytest.mark.parametrize("level", ["strict", "landlock"])
def test_submission_cannot_read_the_reference_in_the_wheel(
    python: Path, tmp_path: Path, level: str
) -> None:
    if missing_for(level) and not os.environ.get("CI"):
        pytest.skip(missing_for(level))
    file = tmp_path / "class/eve/katas/02_retries/retries.py"
    file.parent.mkdir(parents=True)
    file.write_text(f"{SOLVED.read_text('utf-8')}\n\n{ATTACK.read_text('utf-8')}", "utf-8")
    # Outside of the walls it is there to be read.
    run(python, "-c", f"import dojo\nopen(dojo.__path__[0] + '/{ARCHIVE}').close()", cwd=tmp_path)

    words = ("grade", tmp_path / "class", "--kata", "02", "--level", level, "--seed", "1")
    out = ("--out", tmp_path / "results.json")
    run(python.with_name("dojo"), *words, *out, cwd=ROOT, code=None)

    (result,) = json.loads((tmp_path / "results.json").read_text())["results"]
    assert (result["verdict"], result["earned"]) == ("raised", 0)

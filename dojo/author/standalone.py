"""Check what a kata does in a process of its own: its reference as a program, its collection."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from dojo.author.finding import Fault, Finding, rule, shown
from dojo.catalog.kata import Kata
from dojo.engines import ENGINES

# A proxy at which nobody answers, in the spellings that libraries read: whoever asks it for a
# server on this machine fails at once, or tries again until its time is over.
DEAD = "http://127.0.0.1:9"
DEAD_PROXIES = {
    "HTTP_PROXY": DEAD,
    "http_proxy": DEAD,
    "Https_Proxy": DEAD,
    "ALL_PROXY": "socks5://127.0.0.1:9",  # httpx cannot even make a client for it
    "no_proxy": "intranet.example",
}

# What `python reference/...` does, but the engines that it starts itself start quickly.
_QUICKLY = """
import runpy, sys
names, sys.argv = sys.argv[1].split(","), sys.argv[2:]
sys.path[0] = sys.argv[0].rpartition("/")[0]
from dojo.engines import ENGINES
from dojo.ground.run_folder import Room
started = [ENGINES[name].alone(Room(), print) for name in names]
for one in started:
    one.__enter__()
runpy.run_path(sys.argv[0], run_name="__main__")
"""

Done = subprocess.CompletedProcess[str]


def run_standalone(kata: Kata, folder: Path) -> Done:
    """Run the reference as a program, in an empty folder that becomes its temporary one too."""
    folder.mkdir(parents=True)
    names = [one for one in kata.needs if one in ENGINES and ENGINES[one].alone is not None]
    quick = ["-c", _QUICKLY, ",".join(names)] if names else []
    environment = {**DEAD_PROXIES, "TMPDIR": str(folder), "NO_COLOR": "1"}
    return _run([*quick, str(kata.reference_file)], folder, environment)


@rule
def reference_runs_by_itself(kata: Kata, done: Done, folder: Path) -> Iterator[Fault]:
    """Ask that the reference shows something, ends well and leaves nothing in its folder."""
    file = kata.reference_file
    if done.returncode:
        seen = f"it ended with {done.returncode}: {done.stderr[-2000:]}"
        yield Fault(file, seen, "have 'python' run it without an error")
    elif not done.stdout.strip():
        yield Fault(file, "it shows nothing", "print what it does")
    if left := ", ".join(sorted(path.name for path in folder.iterdir())):
        yield Fault(file, f"it leaves behind: {left}", "have it remove what it writes")


def collect(root: Path, katas: list[Kata]) -> Done:
    """Have pytest collect the tests of some katas, as a learner does, and run none."""
    names = [f"katas/{kata.name}" for kata in katas]
    options = ["--collect-only", "-q", "-p", "no:cacheprovider"]
    return _run(["-m", "pytest", *names, *options], root, {})


def all_katas_can_be_collected_in_a_process_of_their_own(
    root: Path, katas: list[Kata], done: Done
) -> list[Finding]:
    """Ask so: what a warm parent has imported may be an error, or warn, where a learner begins."""
    name = all_katas_can_be_collected_in_a_process_of_their_own.__name__
    said = f"{done.stdout[-3000:]}{done.stderr[-1000:]}".strip()
    cure = "have 'pytest --collect-only' read it"
    lines = done.stdout.splitlines()
    begin = {kata.id: f"katas/{kata.name}/{kata.test_file.name}::" for kata in katas}
    failed = [kata for kata in katas if not any(one.startswith(begin[kata.id]) for one in lines)]
    found = [Finding(kata.id, shown(kata.test_file, root), name, cure, said) for kata in failed]
    if done.returncode and not found:
        found.append(Finding("", "katas", name, cure, said))
    return found


def _run(arguments: list[str], folder: Path, more: dict[str, str]) -> Done:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

"""Run ruff on this checkout, but not on what a learner writes: `python .ci/lint.py [FILES]`.

A stub that differs from the last commit is being filled; the one that was handed out was checked.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def filled_stubs() -> list[str]:
    """Return the stubs that differ from the last commit; none where there is no Git."""
    asked = ["git", "diff", "--name-only", "-z", "--relative", "HEAD", "--", "katas"]
    try:
        told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    except OSError:
        return []
    return [name for name in told.split("\0") if re.fullmatch(r"katas/\d\d_(\w+)/\1\.py", name)]


def main(files: list[str]) -> int:
    """Check style and layout; return the exit code."""
    filled = filled_stubs()
    if filled:
        print(f"left out, until a commit has them: {', '.join(filled)}", flush=True)
    without = f"extend-exclude={json.dumps(filled)}"
    commands = (["ruff", "check"], ["ruff", "format", "--check"])
    codes = [
        subprocess.run([*command, "--config", without, *files], check=False).returncode
        for command in commands
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["."]))

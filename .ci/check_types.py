"""Check the types of the dojo, and of what examines the katas: `python .ci/check_types.py`.

What `mypy` alone checks, and `exam.py` and `inside.py` of each kata: files of one name, in
folders that are no packages. Each gets a name of its own here.
"""

import os
import sys
from pathlib import Path

from mypy.build import build
from mypy.main import process_options
from mypy.modulefinder import BuildSource

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Check them all at once, with the settings of pyproject.toml; return the exit code."""
    os.chdir(ROOT)
    sources, options = process_options(["--config-file", "pyproject.toml"])
    files = sorted(
        path for half in ("exam", "inside") for path in ROOT.glob(f"reference/*/{half}.py")
    )
    for path in files:
        sources.append(BuildSource(str(path), f"kata_{path.parent.name}_{path.stem}"))
    errors = build(sources, options).errors
    print("\n".join(errors) or f"no issues found in {len(sources)} files")
    return min(len(errors), 1)


if __name__ == "__main__":
    sys.exit(main())

"""Check the types of every kata's examination: `python .ci/exam_types.py`.

Sixteen files have the same name, in folders that are no packages: each gets a name of its own here.
"""

import sys
from pathlib import Path

from mypy.build import build
from mypy.main import process_options
from mypy.modulefinder import BuildSource

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Check them all at once, with the settings of pyproject.toml; return the exit code."""
    settings = str(ROOT / "pyproject.toml")
    _, options = process_options(["--config-file", settings, str(ROOT / "dojo")])
    files = sorted(
        path for half in ("exam.py", "inside.py") for path in ROOT.glob(f"reference/*/{half}")
    )
    sources = [BuildSource(str(path), f"kata_{path.parent.name}_{path.stem}") for path in files]
    errors = build(sources, options).errors
    print("\n".join(errors) or f"no issues found in {len(files)} files")
    return min(len(errors), 1)


if __name__ == "__main__":
    sys.exit(main())

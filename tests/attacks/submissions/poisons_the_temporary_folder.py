"""Leaves a mark wherever it can, for `finds_the_poison`.

Verdict: wrong
"""

import tempfile
from pathlib import Path

for folder in (tempfile.gettempdir(), "/tmp", "/dev/shm", Path.home(), "."):
    try:
        (Path(folder) / "dojo-poison").write_text("poison")
    except OSError:
        pass

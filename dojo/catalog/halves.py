"""Load one of the two halves of a kata's examination by its path: `exam.py`, or `inside.py`.

The first is loaded by the command and by nothing else. The second is read by whatever holds the
submission, from a copy behind the walls. Neither is on any path that Python imports from.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

# Below the folder `given` of a sandbox, where the submission may read and nobody may write.
INSIDE = Path("examination", "inside.py")


def load_half(path: Path, name: str) -> ModuleType:
    """Load a file as a module.

    Args:
        path: The file.
        name: What the module is called: its classes say so, and find it in `sys.modules`.

    Returns:
        The module, made anew.

    Raises:
        OSError: The file cannot be read.
        Exception: Whatever its text raises.
    """
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    # Not through a loader: it would leave byte-code beside the reference, and reuse old one.
    exec(compile(path.read_bytes(), str(path), "exec", dont_inherit=True), vars(module))
    return module

"""Looks for what another submission has left, or has open.

Verdict: raised
"""

import tempfile
from pathlib import Path


def load_customers(url):
    for folder in (tempfile.gettempdir(), "/tmp", "/dev/shm", Path.home(), ".", "..", "../.."):
        if (Path(folder) / "dojo-poison").exists():
            return "found"
    others = [one for one in Path(__file__).parents[2].glob("dojo-sandbox-*/given/*.py")]
    if [one for one in others if one != Path(__file__)]:
        return "found"
    raise FileNotFoundError("nobody was here")

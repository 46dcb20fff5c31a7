"""The running exercise: its stub works on a good day, its reference shows each step."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dojo.catalog.handed_out import handed_out
from dojo.world.draw.churn import make_customers

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "reference/12_churn_pipeline/churn_pipeline.py"


class GoodDay(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(make_customers(80)).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), GoodDay)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    """Return the stub as it was handed out: somebody may have filled it."""
    path = tmp_path / "churn_pipeline.py"
    path.write_bytes(handed_out(ROOT / "katas" / "12_churn_pipeline" / path.name))
    return path


def run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, *(str(word) for word in command)]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)


def test_stub_works_on_a_good_day(url: str, stub: Path, tmp_path: Path):
    trained = run(stub, "train", url, tmp_path, cwd=tmp_path)
    assert "The best is" in trained.stdout, trained.stderr
    scored = run(stub, "score", url, tmp_path, cwd=tmp_path)
    assert "80 customers scored" in scored.stdout, scored.stderr


@pytest.mark.parametrize("word", ["deploy", "etape3"])
def test_reference_shows_one_step(word: str, tmp_path: Path):
    shown = {"deploy": "Europe/Paris", "etape3": "Completed: 400 customers; answers: none"}
    done = run(REFERENCE, word, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert shown[word] in done.stdout
    assert done.stdout.count("\n\n") == 1


def test_unknown_step_is_one_line(tmp_path: Path):
    done = run(REFERENCE, "etape99", cwd=tmp_path)
    assert done.returncode == 2
    expected = "no step 'etape99'; try step1 to step7, deploy or notif\n"
    assert done.stderr.endswith(expected)
    assert done.stdout == ""

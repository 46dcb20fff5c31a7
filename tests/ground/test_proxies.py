"""No library asks a proxy for this machine: not in a room, not in the pipelines' commands."""

from __future__ import annotations

import http.server
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import httpx
import pytest
import requests

from dojo.ground.paths import PACKAGE_ROOT
from dojo.ground.run_folder import forget_proxies
from tests.proxies import DEAD, DEAD_PROXIES

SPELLINGS = ("HTTP_PROXY", "http_proxy", "Http_Proxy", "ALL_PROXY", "all_proxy")
CLIENTS: dict[str, Callable[[str], object]] = {
    "urllib": lambda url: urllib.request.build_opener().open(url, timeout=5).read(),
    "requests": lambda url: requests.get(url, timeout=5).content,
    "httpx": lambda url: httpx.get(url, timeout=5).content,
}


class _Here(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"here")

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Here) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(autouse=True)
def no_other_proxies() -> Iterator[None]:
    """Begin without proxies, and put all variables back afterwards."""
    kept = {name: value for name, value in os.environ.items() if "_proxy" not in name.lower()}
    with mock.patch.dict(os.environ, kept, clear=True):
        yield


@pytest.fixture
def ask_here_directly(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    monkeypatch.syspath_prepend(str(PACKAGE_ROOT / "reference" / "pipelines"))
    monkeypatch.delitem(sys.modules, "flaky_server", raising=False)
    import flaky_server

    return flaky_server.ask_here_directly


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_room_is_asked_directly(client: str, spelling: str, url: str) -> None:
    if (client, spelling.upper()) != ("urllib", "ALL_PROXY"):  # it does not know that one
        with (
            mock.patch.dict(os.environ, {spelling: DEAD}),
            pytest.raises((OSError, httpx.HTTPError)),
        ):
            CLIENTS[client](url)
    os.environ.update({**DEAD_PROXIES, spelling: DEAD})

    forget_proxies(os.environ)

    assert CLIENTS[client](url) == b"here"
    assert {name for name in os.environ if "_proxy" in name.lower()} == {"NO_PROXY", "no_proxy"}


ELSEWHERE = "http://mlflow.example:5000/"


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("addresses", [(), (None, "sqlite:///x.db", "http://localhost:4200/api")])
def test_pipeline_asks_this_machine_directly(
    client: str, addresses: tuple[str, ...], url: str, ask_here_directly: Callable[..., None]
) -> None:
    os.environ.update(DEAD_PROXIES)

    ask_here_directly(*addresses)

    assert CLIENTS[client](url) == b"here"


@pytest.mark.parametrize("client", CLIENTS)
def test_pipeline_leaves_other_machines_to_the_proxy(
    client: str, url: str, ask_here_directly: Callable[..., None]
) -> None:
    os.environ.update(HTTP_PROXY=url, NO_PROXY="intranet.example")

    ask_here_directly(ELSEWHERE, None)

    assert CLIENTS[client](ELSEWHERE) == b"here", "not by the proxy"
    assert urllib.request.proxy_bypass("intranet.example")
    os.environ.update(HTTP_PROXY=DEAD)
    assert CLIENTS[client](url) == b"here"


@pytest.mark.slow
def test_batch_asks_a_server_of_this_machine_directly(url: str, tmp_path: Path) -> None:
    pytest.importorskip("prefect")
    settle = "from dojo.batch import flow; flow._settle()"
    own = {"PREFECT_API_URL": f"{url}api", "PREFECT_HOME": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", settle],
        env={**os.environ, **DEAD_PROXIES, **own},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr

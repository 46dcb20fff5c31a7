"""The customer API of the pipelines' default: one table of customers, and bad moments in between.

By itself: `python reference/pipelines/flaky_server.py [port]` serves until it is interrupted.
"""

import contextlib
import csv
import json
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

CUSTOMERS = Path(__file__).resolve().parents[1] / "data" / "customers.csv"
WORDS = {"contract"}
DECIMALS = {"monthly_charges"}
HERE = ("127.0.0.1", "localhost", "::1")


def ask_here_directly(*addresses: str | None) -> None:
    """Keep proxies away from the servers of this machine: a proxy looks for them on its own side.

    Args:
        addresses: What else will be asked. If none is elsewhere, no proxy is needed at all.
    """
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    elsewhere = {urlsplit(one or "").hostname for one in addresses} - {None, *HERE}
    direct = ",".join([known, *HERE]) if elsewhere else "*"
    os.environ.update(NO_PROXY=direct, no_proxy=direct)


def _value(column: str, text: str) -> str | int | float:
    return text if column in WORDS else float(text) if column in DECIMALS else int(text)


def _server(script: Sequence[int], port: int) -> ThreadingHTTPServer:
    with CUSTOMERS.open(encoding="utf-8", newline="") as table:
        rows = [{name: _value(name, row[name]) for name in row} for row in csv.DictReader(table)]
    customers = json.dumps(rows).encode()
    left, turn = list(script), threading.Lock()

    class CustomerApi(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with turn:
                status = left.pop(0) if left else 200
            body = customers if status == 200 else b'{"error": "busy"}'
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    return ThreadingHTTPServer(("127.0.0.1", port), CustomerApi)


@contextlib.contextmanager
def serving_customers(script: Sequence[int] = (503,), port: int = 0) -> Iterator[str]:
    """Serve `reference/data/customers.csv` on this machine, in a thread.

    Args:
        script: The statuses of the first answers; all later ones are 200.
        port: 0 takes a free one.

    Yields:
        The URL of the customers: a JSON list, one object a customer.
    """
    server = _server(script, port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/customers"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    with (
        contextlib.suppress(KeyboardInterrupt),
        serving_customers(port=int(sys.argv[1]) if len(sys.argv) > 1 else 8000) as url,
    ):
        print(f"503 once, then customers: {url}", flush=True)
        threading.Event().wait()

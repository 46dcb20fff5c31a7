"""Counts with a mock, and has a small server on this machine answer in place of the API."""

import http.server
import json
import threading
from unittest import mock


@pytest.fixture
def address() -> Any:
    """Serve the rows: three errors first."""
    statuses = [503, 503, 503]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(statuses.pop() if statuses else 200)
            self.end_headers()
            self.wfile.write(json.dumps(ROWS).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_nightly_asks_again_while_the_api_is_down(
    pipeline: Any, tmp_path: Path, address: str
) -> None:
    assert pipeline.nightly(address, str(tmp_path), NIGHT) == 3


def test_nightly_that_fails_is_heard(pipeline: Any, tmp_path: Path) -> None:
    with mock.patch.object(pipeline, "fetch", side_effect=OSError("down")) as fetch:
        with pytest.raises(OSError):
            pipeline.nightly(URL, str(tmp_path), NIGHT)
    assert fetch.call_count == 4
    assert not any(tmp_path.iterdir())


def test_nightly_publishes_nothing_unchecked(pipeline: Any, tmp_path: Path) -> None:
    pipeline.fetch = mock.Mock(return_value=[*ROWS, row("011", churned=None)])
    with pytest.raises(ValueError):
        pipeline.nightly(url=URL, folder=str(tmp_path), night=NIGHT)
    pipeline.fetch.assert_called_once_with(URL)
    assert not any(tmp_path.iterdir())

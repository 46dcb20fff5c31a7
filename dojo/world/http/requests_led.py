"""Lead `requests` to a played host, without a socket; other clients are led by `clients`.

`responses` plays, and urllib3's part with it, which it leaves out: retries, and the waits between.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import responses
import urllib3.exceptions

from dojo.world.network import refusal_of

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_PLAYED_NOW = "_dojo_played_now"

Reply = Callable[[str, str, Mapping[str, str], "float | None"], "tuple[int, dict[str, str], str]"]


@contextlib.contextmanager
def requests_led(origin: str, reply: Reply, *, besides: Iterable[str]) -> Iterator[None]:
    """Have `requests` reach a played host, and no other, for the length of a block.

    Args:
        origin: The host's, such as `https://api.churn.example`.
        reply: Is given method, URL (without user, password and port), headers and the read time-out
            in seconds (None: for ever); returns status, headers and body, or raises what
            `requests` would.
        besides: Hosts that are reached over a real connection.
    """
    scheme, _, name = origin.partition("://")
    anywhere = rf"{scheme}://([^/?@]*@)?{re.escape(name)}(:\d+)?(?=[/?]|$)"

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        timeout_s = _read_timeout(request.req_kwargs.get("timeout"))
        try:
            url = re.sub(anywhere, origin, str(request.url), count=1)
            return reply(str(request.method), url, request.headers, timeout_s)
        except requests.RequestException as error:
            setattr(error, _PLAYED_NOW, True)
            raise

    wire = _Wire({urlsplit(origin).hostname, *besides})
    for host in besides:
        wire.add_passthru(f"https://{host}/")
    for method in _METHODS:
        wire.add_callback(method, re.compile(anywhere), answer, content_type=None)
    with wire:
        yield


class _Wire(responses.RequestsMock):
    """A `RequestsMock` which also asks again and waits as urllib3 would for a `Session`.

    Of any other host it says what whoever asks for it with another library is told.
    """

    def __init__(self, known: set[str | None]) -> None:
        super().__init__(assert_all_requests_are_fired=False)
        self._known = known

    def _on_request(self, adapter: Any, request: Any, *, retries: Any = None, **more: Any) -> Any:
        host = urlsplit(request.url).hostname
        if host not in self._known:
            raise requests.ConnectionError(refusal_of(host), request=request)
        if retries is not None and self.calls:
            last = self.calls[-1].response
            retries.sleep(getattr(last, "raw", None))
        try:
            return super()._on_request(adapter, request, retries=retries, **more)
        except requests.RequestException as error:
            if not vars(error).pop(_PLAYED_NOW, False):
                raise  # urllib3's part is played already
            left = retries or adapter.max_retries
            with contextlib.suppress(urllib3.exceptions.HTTPError):
                left = left.increment(request.method, request.url, error=_as_urllib3(error))
                return self._on_request(adapter, request, retries=left, **more)
            raise


class Stalled(requests.exceptions.ConnectionError):
    """What requests makes of a body that does not come: no time-out by its class."""


def _as_urllib3(error: requests.RequestException) -> Exception:
    """Return what urllib3 makes of a failure, which is what its retries go by."""
    if isinstance(error, requests.Timeout | Stalled):
        return urllib3.exceptions.ReadTimeoutError(None, "", str(error))  # type: ignore[arg-type]
    return urllib3.exceptions.ConnectTimeoutError(str(error))


def _read_timeout(timeout: Any) -> float | None:
    """Return the read time-out in seconds of what a caller gave as `timeout=`."""
    if isinstance(timeout, tuple):
        timeout = timeout[-1]
    total = getattr(timeout, "total", None)
    read = getattr(timeout, "read_timeout", timeout) if total is None else total
    return float(read) if isinstance(read, (int, float)) else None

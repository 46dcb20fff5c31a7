"""What the examination of 11_notifications has run inside, in the submission's process.

The webhooks are served outside, under their own names and over TLS; only the way there leads, as in
the kata's own world, through what this process does (`meet`).
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import inspect
import logging
import os
import sys
import traceback
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dojo.world.http.at_once import call_at_once
from dojo.world.http.webhook import Mood, Webhooks
from dojo.world.http.webhook_wire import callers_led
from dojo.world.logged import Written, part_of

_VARIABLE = "CHURN_WEBHOOK_URL"
_LONGEST_TIMEOUT_S = 60
_GONE = "FileNotFoundError"
_led = contextlib.ExitStack()  # until the process ends
_met: dict[str, Any] = {}  # whom callers meet now, and the addresses that are secret


def meet(_: Any, __: Path, port: int, authority: str, secrets: list[str], mood: Mood) -> None:
    """Lead the services' names to the server outside, as long as this process lives."""
    _led.close()
    webhooks = Webhooks()
    webhooks.will_be(mood)
    _led.enter_context(callers_led(webhooks, Path(authority), port, port))
    _met.update(webhooks=webhooks, secrets=secrets)


def _is_bounded() -> bool:
    """Say whether each request had a time-out of its own; forget them."""
    limits = list(_met["webhooks"].limits_s.values())
    _met["webhooks"].limits_s.clear()
    return all(limit and 0 < limit <= _LONGEST_TIMEOUT_S for limit in limits)


def _has_secret(*texts: str) -> bool:
    return any(part_of(url, text) for url in _met["secrets"] for text in texts)


def send(subject: Any, _: Path, url: str, text: str) -> dict[str, Any]:
    """Send a message; return what was raised, and what was written down."""
    written, raised, trace = Written(), "", ""
    try:
        with written.hearing():
            subject.send_message(url, text)
    except NotImplementedError:
        raise
    except Exception as error:
        raised = str(error) or "an error without a text"
        trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        trace += repr(error)
    return {
        "raised": bool(raised),
        "names the webhook": "webhook" in raised.lower(),
        "tells the secret": _has_secret(trace, written.text),
        "has a time-out": _is_bounded(),
    }


def send_at_once(subject: Any, _: Path, url: str, texts: list[str]) -> dict[str, Any]:
    """Send two messages at once; return what was raised, and what was written down and left."""
    written, raised, httpx = Written(), list[str](), logging.getLogger("httpx")

    def sender(text: str) -> Callable[[], None]:
        def send() -> None:
            try:
                subject.send_message(url, text)
            except NotImplementedError:
                raise
            except Exception as error:
                raised.append(str(error))

        return send

    with written.hearing():
        before = httpx.level
        call_at_once(_met["webhooks"], sender(texts[0]), sender(texts[1]))
        is_left = httpx.level == before
    return {
        "raised": len(raised),
        "tells the secret": _has_secret(written.text, *raised),
        "httpx logs as before": is_left,
        "has a time-out": _is_bounded(),
    }


def _called(flow: Any, path: str, more: dict[str, Any]) -> Any:
    return flow(path, **more)


def _deployed(flow: Any, path: str, _: dict[str, Any]) -> Any:
    """Run a flow as a deployment's run is: made through the API, with its own parameters only."""
    from prefect.client.orchestration import get_client
    from prefect.flow_engine import run_flow

    with get_client(sync_client=True) as client:
        flow_run = client.create_flow_run(flow, parameters={"path": path})
    return _awaited(run_flow(flow, flow_run=flow_run))


def _in_a_flow(flow: Any, path: str, more: dict[str, Any]) -> Any:
    """Call a flow in a flow of somebody else's, who tells nobody."""
    from prefect import Flow

    def whole_night() -> Any:
        return flow(path, **more)

    return Flow(whole_night, name="whole-night")()


def _in_an_async_flow(flow: Any, path: str, more: dict[str, Any]) -> Any:
    """Call a flow, by its one name, in an async flow of somebody else's: an event loop runs."""
    from prefect import Flow

    async def whole_night() -> Any:
        value = flow.with_options(flow_run_name="nightly")(path, **more)
        return await value if inspect.isawaitable(value) else value

    return _awaited(Flow(whole_night, name="whole-night")())


def _by_one_name(flow: Any, path: str, _: dict[str, Any]) -> Any:
    return flow.with_options(flow_run_name="nightly")(path)


def _with_a_retry(flow: Any, path: str, _: dict[str, Any]) -> Any:
    return flow.with_options(retries=1)(path)


_WAYS: dict[str, Callable[[Any, str, dict[str, Any]], Any]] = {
    "called": _called,
    "deployed": _deployed,
    "in a flow": _in_a_flow,
    "in an async flow": _in_an_async_flow,
    "by one name": _by_one_name,
    "with a retry": _with_a_retry,
}


def _awaited(value: Any) -> Any:
    async def wait() -> Any:
        return await value

    return asyncio.run(wait()) if inspect.isawaitable(value) else value


def stop(subject: Any, _: Path) -> None:
    """Do what Prefect's runner does when somebody has cancelled a run: call the hooks for it."""
    from prefect.client.schemas.objects import FlowRun
    from prefect.states import Cancelling

    flow = subject.score_customers
    run = FlowRun(flow_id=uuid.uuid4(), name="stopped-by-hand", parameters={})
    for hook in getattr(flow, "on_cancellation_hooks", None) or []:
        with contextlib.suppress(Exception):  # outside of a run there is no run's log
            _awaited(hook(flow, run, Cancelling()))


@contextlib.contextmanager
def _failing(path: str, failures: list[list[str]], later: str) -> Iterator[None]:
    """Have a file fail to open as scripted: an error's name and text; then the address changes."""
    left = list(failures)
    known = (OSError, FileNotFoundError, TimeoutError, KeyboardInterrupt, SystemExit)
    errors = {one.__name__: one for one in known}
    is_on = [True]

    def hear(event: str, details: tuple[Any, ...]) -> None:
        if event == "open" and is_on and str(details[0]) == path:
            if later:
                os.environ[_VARIABLE] = later
            if left:
                kind, text = left.pop(0)
                raise errors[kind](*((errno.ENOENT, text, path) if kind == _GONE else (text,)))

    sys.addaudithook(hear)
    try:
        yield
    finally:
        is_on.clear()  # an audit hook cannot be taken away


def night(
    subject: Any,
    _: Path,
    path: str,
    failures: list[list[str]],
    how: str,
    more: dict[str, Any],
    ui: str,
    address: str | None,
    later: str,
) -> dict[str, Any]:
    """Run the pipeline, with an address in the environment; return how it ended."""
    from prefect.settings import PREFECT_UI_URL, temporary_settings

    os.environ.pop(_VARIABLE, None)
    if address is not None:
        os.environ[_VARIABLE] = address
    written, told, trace = Written(), dict[str, Any](), ""
    with temporary_settings({PREFECT_UI_URL: ui}), _failing(path, failures, later):
        try:
            with written.hearing():
                told["returned"] = _WAYS[how](subject.score_customers, path, more)
        except NotImplementedError:
            raise
        except BaseException as error:  # a crash is part of the play
            told["raised"] = [kind.__name__ for kind in type(error).__mro__]
            told["text"] = str(error)
            trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    told["tells the secret"] = _has_secret(written.text, trace)
    told["has a time-out"] = _is_bounded()
    return told

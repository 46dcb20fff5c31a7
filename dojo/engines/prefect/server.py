"""Be a harness's Prefect server: a fork, whose application may have answered in its parent.

An application makes ready what an address needs when it is first asked: a second of work, which
every sandbox of the grader would pay again. So its warm parent asks once, before it forks. See
docs/decisions/0002-forked-server.md.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import warnings
from pathlib import Path
from typing import Any
from unittest import mock

from dojo.engines.prefect.seams import BEGIN_TRANSACTION, MADE_READY
from dojo.engines.templates import copy_template
from dojo.ground.run_folder import Room

_ENVIRONMENT = {"PREFECT_UI_ENABLED": "0"}
_rehearsed: list[Any] = []


def rehearse(room: Room, migrated: Path) -> None:
    """Make the application that later forks serve, and have it answer what a flow run asks.

    Args:
        room: Where its database goes.
        migrated: The database to copy.
    """
    folder = room.folder("rehearsal")
    copy_template(migrated, folder / "prefect.db")
    # In a thread: afterwards this one must not look as if its event loop had been closed.
    thread = threading.Thread(target=_rehearse, args=(folder / "prefect.db",))
    thread.start()
    thread.join()


def _rehearse(database: Path) -> None:
    from prefect.server.api import server
    from prefect.settings import PREFECT_SERVER_DATABASE_CONNECTION_URL, temporary_settings

    url = f"sqlite+aiosqlite:///{database}"
    with (
        mock.patch.dict(os.environ, _ENVIRONMENT),
        temporary_settings({PREFECT_SERVER_DATABASE_CONNECTION_URL: url}),
    ):
        app = server.create_app(ephemeral=True, final=True, ignore_cache=True)
        asyncio.run(_ask(app))
    MADE_READY.read().discard(app)
    whole: Any = app
    for one in (whole, whole.api_app):  # what belongs to the event loop that has ended
        one.middleware_stack = None  # MIDDLEWARE makes another
    _rehearsed[:] = [app]


async def _ask(app: Any) -> None:
    import httpx

    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://rehearsal/api") as client,
    ):
        await client.get("/nothing")  # looks at every address
        flow = (await client.post("/flows/", json={"name": "rehearsed"})).json()["id"]
        wanted = {"flow_id": flow, "name": "rehearsed", "state": {"type": "PENDING"}}
        run = (await client.post("/flow_runs/", json=wanted)).json()["id"]
        for state in ("RUNNING", "COMPLETED"):
            state_asked = {"state": {"type": state}}
            await client.post(f"/flow_runs/{run}/set_state", json=state_asked)
        await client.get(f"/flow_runs/{run}")


def serve(port: int | None, room: Room) -> None:
    """Be the server: what the harness's own command line does, without a new interpreter.

    Args:
        port: Where to listen, on loopback.
        room: Where the log goes.
    """
    log = os.open(
        room.folder("logs") / "prefect-server.log", os.O_CREAT | os.O_WRONLY | os.O_APPEND
    )
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    sys.stdout = sys.__stdout__
    sys.stderr = sys.__stderr__
    os.environ.update(_ENVIRONMENT)

    import uvicorn
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    begin = BEGIN_TRANSACTION.read()

    def begin_at_once(database: Any, session: Any, **_: Any) -> Any:
        # A transaction that reads, and then finds that another one wrote, is refused: the client
        # pauses, and asks again. One that takes its turn from the start is not.
        return begin(database, session, with_for_update=True)

    BEGIN_TRANSACTION.write(begin_at_once)
    # Not pytest's filters: as errors, the server's own warnings would make it answer 503.
    warnings.simplefilter("ignore")
    os.environ.update(get_current_settings().to_environment_variables(exclude_unset=True))
    uvicorn.run(
        _rehearsed[0] if _rehearsed else create_app(ephemeral=True, final=True),
        host="127.0.0.1",
        port=int(port or 0),
        log_level="error",
        lifespan="on",
    )

"""Start the real `prefect_test_harness` in about a second instead of a quarter of a minute.

Its time goes into migrating an empty database and into importing the server a second time. So the
database is a copy of a migrated one, and where `fork` exists the server is a fork of this process,
which has imported it already. See docs/decisions/0002-forked-server.md.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest import mock

from dojo.engines.prefect.savings import savings
from dojo.engines.prefect.seams import SEAMS, SERVERS, START_SERVER, UNUSED_SERVICES
from dojo.engines.prefect.server import serve
from dojo.engines.seams import check_seams
from dojo.engines.templates import EngineError, copy_template, template
from dojo.ground.run_folder import CAN_FORK, Forked, Room

START_TIMEOUT_S = 120

SETTINGS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "0",
    "PREFECT_SERVER_DATABASE_MIGRATE_ON_START": "0",
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "0",
    "PREFECT_SERVER_UI_ENABLED": "0",
    "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "0",
    "PREFECT_CLIENT_MAX_RETRIES": "20",
    # A kata hears the log where it is written: nobody reads it from the server.
    "PREFECT_LOGGING_TO_API_ENABLED": "0",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_CLI_COLORS": "0",
    **{f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "0" for name in UNUSED_SERVICES},
}


def isolate(room: Room) -> None:
    """Set the environment that Prefect reads at import: ours, never the learner's own.

    Must run before `prefect` is imported in this process.
    """
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        del os.environ[name]
    os.environ.update(SETTINGS, PREFECT_HOME=str(room.folder("prefect")))
    with contextlib.suppress(ImportError):  # without Prefect, no certificates either
        os.environ["PREFECT_API_SSL_CERT_FILE"] = str(_one_certificate(room))


def _one_certificate(room: Room) -> Path:
    """Write a file with one certificate authority.

    Every client, so every task run, loads the authorities: 25 ms for all of them, for a server on
    loopback that does not even speak TLS.
    """
    import certifi

    end = "-----END CERTIFICATE-----\n"
    bundle = Path(certifi.where()).read_text(encoding="utf-8")
    path = room.path / "authority.pem"
    path.write_text(bundle[: bundle.index(end) + len(end)], encoding="utf-8")
    return path


def migrated_database(say: Callable[[str], None]) -> Path:
    """Return an empty, migrated Prefect database to copy; see `templates.template`."""
    return template(f"prefect-{version('prefect')}", migrate, say)


def migrate(path: Path) -> None:
    """Have the installed version migrate an empty database to that path: 5 to 15 s.

    Raises:
        EngineError: It cannot.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
        "PREFECT_HOME": str(path.parent / "home"),
        "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{path}",
        "DO_NOT_TRACK": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not path.exists():
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise EngineError(
            f"Prefect cannot migrate an empty database: {' '.join(last)};"
            " 'dojo doctor' checks the installed packages"
        )


@contextlib.contextmanager
def quick_start(room: Room, say: Callable[[str], None]) -> Iterator[None]:
    """Have whoever enters `prefect_test_harness` get a copied database and a forked server.

    Args:
        room: Where its files go and whose janitor ends its server.
        say: Is told, in one line, why something takes a while.

    Raises:
        EngineError: There is no migrated database to copy, and none can be made.
    """
    source = migrated_database(say)

    import prefect.main  # noqa: F401 - resolves the models that prefect.settings leaves open
    from prefect.settings import PREFECT_SERVER_DATABASE_CONNECTION_URL

    original = START_SERVER.read()

    def start_server(server: Any) -> Any:
        url = PREFECT_SERVER_DATABASE_CONNECTION_URL.value()
        copy_template(source, Path(str(url).split(":///", 1)[1]))
        if not CAN_FORK:
            return original(server)
        return Forked(lambda: serve(server.port, room), room)

    # The one place where the harness starts its server.
    with START_SERVER.replaced(start_server):
        yield


@contextlib.contextmanager
def harness(room: Room, say: Callable[[str], None]) -> Iterator[str]:
    """Enter `prefect_test_harness` with a copied database and a forked server.

    Args:
        room: Where its files go and whose janitor ends its server.
        say: Is told, in one line, why something takes a while.

    Yields:
        The URL of the server's API.

    Raises:
        EngineError: The server does not start, or Prefect lacks what we use of it.
    """
    import prefect.main
    import prefect.task_engine  # noqa: F401 - for its seams; a run imports it anyway
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_SSL_CERT_FILE, PREFECT_API_URL
    from prefect.testing.utilities import prefect_test_harness

    check_seams(SEAMS)
    # The harness asks for the server's health with clients of its own: few authorities here too.
    few = {"SSL_CERT_FILE": str(PREFECT_API_SSL_CERT_FILE.value() or "")}
    with _log_level(logging.ERROR), contextlib.ExitStack() as stack:
        try:
            with quick_start(room, say), mock.patch.dict(os.environ, few):
                stack.enter_context(prefect_test_harness(server_startup_timeout=START_TIMEOUT_S))
        except RuntimeError as error:
            raise EngineError(
                f"Prefect's test server did not start within {START_TIMEOUT_S} s"
                f" ({str(error).splitlines()[0]}); close what keeps this machine busy and try"
                " again, or run 'dojo doctor'"
            ) from error
        stack.enter_context(_changed("flows", heartbeat_frequency=None))
        stack.enter_context(savings())
        # The first request is slow, and every process asks this once: forks inherit the answer.
        with get_client(sync_client=True) as client:
            client.raise_for_api_version_mismatch_once()
        stack.enter_context(_log_level(logging.INFO))
        yield str(PREFECT_API_URL.value())


@contextlib.contextmanager
def _log_level(level: int) -> Iterator[None]:
    """Set the level of Prefect's own logger: it announces a server's start and stop."""
    logger = logging.getLogger("prefect")
    before = logger.level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)


@contextlib.contextmanager
def join_harness(api_url: str) -> Iterator[None]:
    """Use the server of another process: the xdist controller's.

    Raises:
        EngineError: Prefect lacks what we use of it.
    """
    import prefect.main
    import prefect.task_engine  # noqa: F401
    from prefect.settings import PREFECT_API_URL, temporary_settings

    check_seams(SEAMS)
    with (
        temporary_settings({PREFECT_API_URL: api_url}),
        _changed("flows", heartbeat_frequency=None),
        savings(),
    ):
        yield


@contextlib.contextmanager
def results_in(folder: Path) -> Iterator[None]:
    """Have Prefect persist results in `folder`."""
    with _changed("results", local_storage_path=folder):
        yield


@contextlib.contextmanager
def _changed(group: str, **values: Any) -> Iterator[None]:
    """Change settings of one group.

    `temporary_settings` would validate all of them again: 40 ms of processor for each test.
    """
    from prefect.context import SettingsContext, get_settings_context

    now = get_settings_context()
    changed = getattr(now.settings, group).model_copy(update=values)
    settings = now.settings.model_copy(update={group: changed})
    with SettingsContext(profile=now.profile, settings=settings):
        yield


def server_is_alive() -> bool:
    """Say whether the harness's server, started by this process, still runs."""
    process = server_process()
    return process is not None and process.poll() is None


def server_process() -> Any:
    """Return the process of the harness's server; None if there is none."""
    server = SERVERS.peek({}).get(None)
    return server.server_process if server is not None else None


def rehearse() -> None:
    """Make a first flow run, so that what Prefect imports lazily has been imported."""
    import prefect as library

    @library.task(retries=1, retry_delay_seconds=0.001)
    def rehearsed_task(values: list[int]) -> int:
        if len(values) == 0:
            values.append(1)
            raise ValueError
        return 1

    @library.flow
    def rehearsed_flow() -> int:
        return rehearsed_task.submit([]).result() + rehearsed_task([])

    rehearsed_flow()

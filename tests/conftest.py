"""The compose file's servers, started without containers: the very commands, on this machine."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dojo.catalog.handed_out import handed_out, is_in_git
from dojo.catalog.kata import kata_folders
from dojo.terminal.screen import Screen
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(
    (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
)["services"]
START_TIMEOUT_S = 120

# A shell that starts pytest in the background has it, and all that it starts, ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Tests that have an environment of their own in tox: a browser's, Airflow's, the servers', the
# wheel's, the site's.
APART = [ROOT / "tests" / room for room in ("ui", "airflow", "pipelines", "wheel", "site")]


@pytest.fixture(autouse=True)
def language_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget the language that a test asked for; none of them speaks the developer's."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name, "").startswith("fr"):
            monkeypatch.setenv(name, "C.UTF-8")
    monkeypatch.setenv("DOJO_LANG", "")
    monkeypatch.delenv("DOJO_LANG")
    yield
    Screen._language = None


def pytest_report_header() -> str | None:
    """Say which stubs are proved, where it is not plain: see `dojo.catalog.handed_out`."""
    if not is_in_git(ROOT / "katas"):
        return "stubs: taken from katas/ as they are, filled or not; no commit of Git knows others"
    stubs = [one / f"{one.name[3:]}.py" for one in kata_folders(ROOT)]
    filled = [
        one.name
        for one in stubs
        if not one.is_file() or one.read_bytes().splitlines() != handed_out(one).splitlines()
    ]
    names = ", ".join(filled)
    return f"stubs: as in the last commit, not as they are here: {names}" if filled else None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the tests that have an environment of their own, unless asked for by name."""
    if collection_path not in APART:
        return None
    started = config.invocation_params.dir
    asked = [(started / argument.partition("::")[0]).resolve() for argument in config.args]
    return None if any(one.is_relative_to(collection_path) for one in asked) else True


def command_of(name: str) -> list[str]:
    """Return the server's command as the compose file has it, without what a shell did before."""
    command = SERVICES[name]["command"]
    text = command if isinstance(command, str) else command[-1].replace("$$", "$")
    last = text.replace("\\\n", " ").strip().splitlines()[-1]
    return shlex.split(last.removeprefix("exec "))


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10):
            return True
    except (urllib.error.URLError, OSError):
        return False


def end(process: subprocess.Popen[bytes], first: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, first)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not ready():
        said = log.read_text(errors="replace")[-2000:]
        assert process.poll() is None, said
        assert time.monotonic() < deadline, said
        time.sleep(0.2)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[str], str] | None]:
    """Start PostgreSQL where Debian's is installed, and what Python needs to talk to it.

    Returns:
        What makes a database and returns `user:password@host:port/name`; None without PostgreSQL.
    """
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs or not all(importlib.util.find_spec(one) for one in ("psycopg2", "asyncpg")):
        yield None
        return
    # It refuses to run as root, and its user may not look into pytest's folders.
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    there = programs[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="compose-postgres-"))
    os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    port = free_port()

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(there / program), *arguments],
            user=user if os.geteuid() == 0 else None,
            cwd=folder,
            check=True,
            capture_output=True,
        )

    def new_database(name: str) -> str:
        run("createdb", "-h", str(folder), "-p", str(port), "-U", "compose", name)
        return f"compose@127.0.0.1:{port}/{name}"

    log = folder / "log"
    try:
        run("initdb", "-D", "data", "-U", "compose", "--auth=trust", "--no-sync", "-E", "UTF8")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [there / "postgres", "-D", "data", "-p", str(port), "-k", folder, "-F"],
                user=user if os.geteuid() == 0 else None,
                cwd=folder,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            wait_for((folder / f".s.PGSQL.{port}").exists, process, log)
            yield new_database
        finally:
            end(process, signal.SIGINT)  # what it calls a fast shutdown
    finally:
        shutil.rmtree(folder)


Serve = Callable[..., "contextlib.AbstractContextManager[dict[str, str]]"]


@pytest.fixture(scope="session")
def serve(postgres: Callable[[str], str] | None) -> Serve:
    """Return what starts servers of the compose file by their own commands.

    Called with a folder of their own, their names and, perhaps, other words for some of the
    commands', it is a context manager with each server's URL. The ports are free ones; for the
    database in the other container stands PostgreSQL on this machine, or else SQLite in the folder.
    """

    @contextlib.contextmanager
    def start(
        folder: Path, *names: str, instead: dict[str, str] | None = None
    ) -> Iterator[dict[str, str]]:
        with contextlib.ExitStack() as stack:
            servers = {name: Server(name, folder, postgres) for name in names}
            for name, server in servers.items():
                for needed in servers.keys() & SERVICES[name].get("depends_on", {}).keys():
                    servers[needed].ready()
                server.instead.update(instead or {})
                stack.enter_context(server.running())
            yield {name: server.ready() for name, server in servers.items()}

    return start


class Server:
    """A service of the compose file as a process on this machine."""

    def __init__(self, name: str, folder: Path, new_database: Callable[[str], str] | None) -> None:
        service = SERVICES[name]
        self.name, self.folder = name, folder
        self.log = folder / f"{name}.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.check = service["healthcheck"]["test"][1:]
        self.instead = {"0.0.0.0": "127.0.0.1"}
        for mapping in service.get("ports", []):
            published = mapping.split(":")[-1]
            self.instead[published] = str(self.port)
            self.instead[f"http://localhost:{published}/api"] = f"{self.url}/api"
        needed = [one for one in service["depends_on"] if one.endswith("-database")]
        self.database = new_database(f"{name}_{self.port}") if new_database and needed else None
        self.places = {
            there: ROOT / here if here.startswith("./") else folder / there.strip("/")
            for here, there, *_ in (mount.split(":") for mount in service.get("volumes", []))
        }

    def here(self, word: str) -> str:
        """Return a word of the command, or of the environment, as it is on this machine."""
        if word in self.instead:
            return self.instead[word]
        if "@" in word:  # the database in the other container
            driver = word.partition("://")[0]
            return f"{driver}://{self.database}" if self.database else self.sqlite()
        for there, place in self.places.items():
            if word == there or word.startswith(f"{there}/"):
                return f"{place}{word.removeprefix(there)}"
        return word

    def sqlite(self) -> str:
        driver = "+aiosqlite" if self.name == "prefect" else ""
        return f"sqlite{driver}:///{self.folder}/{self.name}.db"

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Run it; with it ends what it has started."""
        command = [self.here(word) for word in command_of(self.name)]
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("PREFECT_", "MLFLOW_", "DAGSTER_"))
        }
        environment = SERVICES[self.name].get("environment", {})
        self.environment = {
            **kept,
            **{key: self.here(value) for key, value in environment.items()},
            "PREFECT_HOME": str(self.folder),
        }
        for place in self.places.values():
            if not place.exists():
                place.mkdir()
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [self.program(command[0]), *command[1:]],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            yield
        finally:
            end(self.process, signal.SIGTERM)

    @staticmethod
    def program(path: str) -> str:
        return str(Path(sys.executable).with_name(Path(path).name))

    def healthy(self) -> bool:
        """Do what the health check does, on this machine."""
        path = re.search(r":\d+(/[\w/]+)'", self.check[-1])
        if path:
            return answers(self.url + path[1])
        done = subprocess.run(
            [self.program(self.check[0]), *self.check[1:]],
            env=self.environment,
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    def ready(self) -> str:
        wait_for(self.healthy, self.process, self.log)
        return self.url

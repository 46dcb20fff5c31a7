"""Know what functions and defaults of libraries are for a whole process: nobody else's."""

from __future__ import annotations

import sys
from typing import Any

from dojo.engines import ENGINES
from dojo.laws.state.shared import State, owner_of, put_attribute

_PATCHED = (
    *(f"builtins.{name}" for name in ("open", "print", "input", "hash", "__import__")),
    *(f"time.{name}" for name in ("sleep", "time", "monotonic", "perf_counter")),
    *(f"os.{name}" for name in ("replace", "rename", "remove", "unlink", "getenv", "fsync")),
    *(f"shutil.{name}" for name in ("move", "copyfile", "rmtree")),
    *(f"json.{name}" for name in ("dumps", "loads", "dump", "load", "JSONEncoder.default")),
    *(f"random.{name}" for name in ("random", "choice", "shuffle", "randint")),
    *(f"pickle.{name}" for name in ("dumps", "loads", "dump", "load")),
    *(f"pathlib.Path.{name}" for name in ("open", "read_text", "write_text", "unlink")),
    *("asyncio.sleep", "logging.getLogger", "subprocess.Popen", "urllib.request.urlopen"),
    *("copy.copy", "copy.deepcopy", "datetime.datetime", "datetime.date", "uuid.uuid4"),
    *("socket.socket", "socket.getaddrinfo", "socket.create_connection", "socket.gethostbyname"),
    *("ssl._create_default_https_context", "ssl.create_default_context"),
    *("http.client.HTTPConnection.request", "urllib.request.build_opener"),
    *(f"requests.{name}" for name in ("get", "post", "request")),
    *(f"requests.Session.{name}" for name in ("__init__", "request", "send", "get", "post")),
    *("requests.adapters.HTTPAdapter.send", "httpx.Client.send", "httpx.AsyncClient.send"),
    *("requests.adapters.HTTPAdapter.__init__", "requests.Response.raise_for_status"),
    *("urllib3.util.connection.create_connection", "urllib3.util.connection.allowed_gai_family"),
    *("httpx.get", "httpx.post", "pandas.read_csv", "pandas.DataFrame.to_csv"),
    *("pandas.DataFrame.copy", "numpy.random.default_rng"),
    *(name for engine in ENGINES.values() for name in engine.functions),
)
# Numbers and the like that hold for whoever names none of their own.
_DEFAULTS = (
    *("http.client.HTTPConnection.debuglevel", "http.client._MAXHEADERS", "http.client._MAXLINE"),
    *("pickle.DEFAULT_PROTOCOL", "tempfile.tempdir", "urllib.request.HTTPHandler.http_open"),
    *("requests.adapters.DEFAULT_RETRIES", "requests.adapters.DEFAULT_POOLSIZE"),
    *("requests.models.DEFAULT_REDIRECT_LIMIT", "requests.utils.DEFAULT_CA_BUNDLE_PATH"),
    *("urllib3.util.Retry.DEFAULT", "urllib3.util.Timeout.DEFAULT_TIMEOUT"),
    *("urllib3.util.Retry.RETRY_AFTER_STATUS_CODES", "urllib3.util.connection.HAS_IPV6"),
    *("urllib3.util.Retry.DEFAULT_BACKOFF_MAX", "urllib3.util.Retry.DEFAULT_ALLOWED_METHODS"),
    *(f"decimal.DefaultContext.{name}" for name in ("prec", "rounding", "Emax", "Emin")),
    # What a class has, and all that are made of it: whoever defines one of his own has it, too.
    *("pydantic.main.BaseModel.model_config", "json.JSONEncoder.item_separator"),
    *("json.JSONEncoder.key_separator", "string.Template.delimiter", "logging.Formatter.converter"),
    *("logging.Formatter.default_time_format", "logging.Formatter.default_msec_format"),
    *("socketserver.TCPServer.allow_reuse_address", "socketserver.TCPServer.request_queue_size"),
)


def _places(names: tuple[str, ...]) -> list[tuple[str, str, str, str]]:
    """Part each name into its module, a class or an object in that, and the last name."""
    found = []
    for dotted in names:
        owner, _, name = dotted.rpartition(".")
        above, _, last = owner.rpartition(".")
        is_inner = last[:1].isupper()
        found.append((dotted, above if is_inner else owner, last if is_inner else "", name))
    return found


def _attributes(places: list[tuple[str, str, str, str]]) -> dict[str, Any]:
    found = {}
    modules = sys.modules
    for dotted, module, inner, name in places:
        owner: Any = modules.get(module)
        if owner is not None:  # a module may be under way: it has not got all of its names
            value = getattr(getattr(owner, inner, None) if inner else owner, name, None)
            if value is not None:
                found[dotted] = dict(value) if isinstance(value, dict) else value
    return found


def _put(dotted: str, value: Any) -> None:
    """Put an attribute back; a dict is filled again, and stays the one that others have."""
    owner, _, name = dotted.rpartition(".")
    held = getattr(owner_of(owner), name, None)
    if isinstance(held, dict) and isinstance(value, dict):
        held.clear()
        held.update(value)
    else:
        put_attribute(dotted, value)


_FUNCTIONS, _VALUES = _places(_PATCHED), _places(_DEFAULTS)
OF_LIBRARIES = (
    State("patches", "", lambda: _attributes(_FUNCTIONS), put_attribute),
    State("defaults", "", lambda: _attributes(_VALUES), _put),
)

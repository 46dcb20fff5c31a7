"""Read for another process under the kernel's limits: memory, processor time, size of a file.

Run as a program, by its path, with the descriptor of its line and the folder of the package; it
ends with that line. Standard library only, as is all that it is asked to call: it must start fast.
A request is one frame, four bytes of length and then JSON: `function` (`module:name`) and `args`.
The answer is one too: `value`, or `raised` with the type's name and the text.
"""

from __future__ import annotations

import base64
import importlib
import json
import resource
import signal
import socket
import struct
import sys
from typing import Any

MOST_MEMORY_BYTES = 512 << 20
MOST_CPU_S = 10
MOST_ANSWER_BYTES = 64 << 20
_MOST_FILE_BYTES = 256 << 20
_MOST_OPEN_FILES = 64


def pack(value: Any) -> Any:
    """Write bytes as JSON can have them; lists and tuples as lists, the rest as it is."""
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    if isinstance(value, (list, tuple)):
        return [pack(one) for one in value]
    return value


def unpack(value: Any) -> Any:
    """Read what `pack` wrote."""
    if isinstance(value, dict):
        return base64.b64decode(value["bytes"])
    return [unpack(one) for one in value] if isinstance(value, list) else value


def receive(end: socket.socket, most: int = MOST_ANSWER_BYTES) -> Any:
    """Wait for a frame.

    Raises:
        EOFError: None is to come.
    """
    (length,) = struct.unpack("!I", _take(end, 4))
    if length > most:
        raise EOFError("a frame that is too long")
    return json.loads(_take(end, length))


def send(end: socket.socket, message: dict[str, Any]) -> None:
    """Send a frame."""
    data = json.dumps(message).encode("ascii")
    if len(data) > MOST_ANSWER_BYTES:
        raise MemoryError
    end.sendall(struct.pack("!I", len(data)) + data)


def _take(end: socket.socket, count: int) -> bytearray:
    taken = bytearray(count)
    view, at = memoryview(taken), 0
    while at < count:
        got = end.recv_into(view[at:])
        if not got:
            raise EOFError("the end")
        at += got
    return taken


def _limit(name: int, most: int) -> None:
    _, hard = resource.getrlimit(name)
    resource.setrlimit(name, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _answer(end: socket.socket) -> None:
    """Answer one request; who asks for too much time does not live to answer."""
    asked = receive(end)
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + MOST_CPU_S + 1)
    module, _, name = asked["function"].partition(":")
    try:
        function = getattr(importlib.import_module(module), name)
        send(end, {"value": pack(function(*unpack(asked["args"])))})
    except MemoryError:
        send(end, {"raised": ["MemoryError", ""]})
    except Exception as error:
        send(end, {"raised": [type(error).__name__, str(error)[:1000]]})


def main() -> None:
    """Answer until nobody asks any more."""
    end = socket.socket(fileno=int(sys.argv[1]))
    sys.path.append(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks decides when it ends
    _limit(resource.RLIMIT_AS, MOST_MEMORY_BYTES)
    _limit(resource.RLIMIT_FSIZE, _MOST_FILE_BYTES)
    _limit(resource.RLIMIT_NOFILE, _MOST_OPEN_FILES)
    _limit(resource.RLIMIT_CORE, 0)
    try:
        while True:
            _answer(end)
    except (EOFError, OSError):
        pass


if __name__ == "__main__":
    main()

"""Name each law, and say what breaking it means: the words of `katas/RULES.md`."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterable, Mapping


@dataclasses.dataclass(frozen=True)
class Law:
    """One of the house rules.

    Attributes:
        means: What it means in production when it is broken; one sentence.
        cure: What to do instead; one sentence.
    """

    means: str
    cure: str


LAWS: Mapping[str, Law] = {
    "arguments": Law(
        "Whoever called still uses it: the next step, a retry or another thread works with other"
        " values than it was given.",
        "Work on a copy.",
    ),
    "directory": Law(
        "All threads of the worker share it: every relative path of the others leads elsewhere.",
        "Build paths from the folder that you were given.",
    ),
    "environment": Law(
        "All that runs in this worker afterwards reads it, and whatever it starts inherits it.",
        "Hand values on as arguments; what a child process needs goes into its own env=.",
    ),
    "imports": Law(
        "From now on another module may be imported under the same name, by anybody.",
        "Leave sys.path alone; install the package instead.",
    ),
    "permissions": Law(
        "Files of every later step get other permissions: unreadable for the next user, or open"
        " to all.",
        "Set the mode of the file itself, with os.chmod.",
    ),
    "priority": Law(
        "All that this worker does later waits behind everybody else's work.",
        "Leave it to whoever starts the worker, or give it to a process of your own.",
    ),
    "time_zone": Law(
        "Every schedule and log of this worker tells another time.",
        "Use aware datetimes, with zoneinfo.ZoneInfo.",
    ),
    "locale": Law(
        "Numbers and dates of all threads are written and read in another way.",
        "Format what you need yourself.",
    ),
    "signals": Law(
        "The worker cannot be stopped as its operator expects, or not at all.",
        "Leave the handlers to the orchestrator, or put the old one back in a finally.",
    ),
    "hooks": Law(
        "What others print, or how they fail, goes elsewhere.",
        "Return or log what you have to say; contextlib.redirect_stdout ends by itself.",
    ),
    "warnings": Law(
        "The warnings of all others are silent too: also the one that announces tomorrow's error.",
        "Use `with warnings.catch_warnings():` around the one line.",
    ),
    "logging": Law(
        "The logs of others are lost, or said twice, and nobody finds out why.",
        "Get a logger of your own with logging.getLogger(__name__). What you set on a logger that"
        " is not yours is put back in a finally.",
    ),
    "socket_timeout": Law(
        "It cuts every other connection of this worker: database, tracker, orchestrator.",
        "Give the time-out to the request itself.",
    ),
    "decimal": Law(
        "Amounts that others compute are rounded in another way.",
        "Use `with decimal.localcontext():`.",
    ),
    "options": Law(
        "The tables, numbers and models of every later step come out in another way.",
        "Use the library's own context: pandas.option_context, numpy.errstate, config_context.",
    ),
    "thread_limits": Law(
        "All that this worker computes later, for whomever, has that many cores.",
        "Use `with threadpoolctl.threadpool_limits(1):`, or the n_jobs of your model.",
    ),
    "exit": Law(
        "A worker ends after weeks, or is killed: until then each call leaves one more behind, and"
        " what it holds.",
        "Close what you open in a finally, or with `with`.",
    ),
    "interpreter": Law(
        "Every later step runs in another Python than it was tested in.",
        "Leave it as it is, or put it back in a finally.",
    ),
    "seeds": Law(
        "Whoever draws afterwards, in any thread, draws the same numbers each time: samples,"
        " splits and temporary names repeat.",
        "Use a generator of your own: numpy.random.default_rng(seed), random.Random(seed),"
        " random_state=.",
    ),
    "patches": Law(
        "Everybody in this process calls your function instead of the library's.",
        "Call your own function by its name, and leave the library as it is.",
    ),
    "defaults": Law(
        "It holds for all of this process who name no value of their own: their requests, their"
        " files, their numbers.",
        "Hand the value on where you call, or set it on an object or a class of your own.",
    ),
    "tables": Law(
        "All of this process read and write such values in this way, also those of others.",
        "Convert the value where you read or write it, under a name of your own.",
    ),
    "opener": Law(
        "Every urlopen of this process, whoever calls it, goes through your opener: with its"
        " headers, its proxies, its way with redirections.",
        "Call the opener by its name: opener.open(request, timeout=10).",
    ),
    "at_once": Law(
        "The second finds what the first has set, takes it for what was there before, and puts it"
        " back when the first has gone: it stays so for all others, until the worker ends.",
        "What runs in threads, or may run twice at once, changes nothing of the process, not even"
        " for a moment; or it holds a lock meanwhile.",
    ),
    "errors": Law(
        "A process pool, Dask or a result that is kept pickles the error: there comes a TypeError"
        " about something else instead of it, or the pool breaks.",
        "Hand on to super().__init__ all that your __init__ takes, at the top of the file; or say"
        " in __reduce__ how it is made again.",
    ),
    "results": Law(
        "Each run leaves another one, with the data that is in it, on the machine's disk, for ever;"
        " and a later call may be answered from there without being made.",
        "Leave out persist_result and cache_policy where nothing is to outlast the run.",
    ),
    "copies": Law(
        "Each call leaves one more: data of customers that nobody knows of, until the disk is"
        " full.",
        "Use `with tempfile.TemporaryDirectory():`, or write where you were told to.",
    ),
    "files": Law(
        "A worker that runs for weeks has no file left to open.",
        "Close what you open: `with`, or contextlib.closing.",
    ),
    "connections": Law(
        "A worker that runs for weeks has no connection left, and the other side counts it.",
        "Close what you open: `with`, or contextlib.closing.",
    ),
    "threads": Law(
        "The run is over and something of it still works: on old data, unseen, and the worker"
        " may never end.",
        "Wait for your threads: `with ThreadPoolExecutor() as pool:`, or join.",
    ),
    "processes": Law(
        "The run is over and something of it still works, without anybody who would stop it.",
        "Wait for your processes, or end them, in a finally.",
    ),
    "adapters": Law(
        "Every database connection of this process writes or reads such values in this way, also"
        " those of others.",
        "Convert the value where you write or read it: int(...), float(...).",
    ),
    "mlflow_run": Law(
        "The next step logs into a run that is not its own, and the tracker shows as running, or"
        " as finished, what is not.",
        "Use `with mlflow.start_run():`, and end no run that you have not opened.",
    ),
    "autologging": Law(
        "The next fit of anybody in this process makes a run in your experiment.",
        "Log what you need, or switch it off again in a finally.",
    ),
    "runs": Law(
        "All runs share it: what one sets there holds for those at the same time, and for all later"
        " ones.",
        "Keep what belongs to a run in the run; `with_options` makes another task.",
    ),
    "prefect_settings": Law(
        "Every later flow of this process talks to another server, or with other settings.",
        "Use `with temporary_settings(...):`.",
    ),
    "dagster_instances": Law(
        "Each keeps its databases and its temporary folder until the worker ends.",
        "Use `with dagster.DagsterInstance.ephemeral() as instance:`.",
    ),
}


class Ledger:
    """The broken laws of one test, in the order in which they were seen."""

    def __init__(self, lifted: Iterable[str] = ()) -> None:
        """Start empty.

        Args:
            lifted: The laws that do not hold.
        """
        self._lifted = set(lifted)
        self._may_change: set[str] = set()
        self._broken: dict[str, str] = {}
        self._lock = threading.Lock()

    def lift(self, law: str) -> None:
        """Have a law not hold any more."""
        self._lifted.add(law)

    def allow(self, argument: str) -> None:
        """Have an argument of this name be changed by whoever gets it."""
        self._may_change.add(argument)

    def may_change(self, argument: str) -> bool:
        """Say whether an argument of this name may be changed."""
        return argument in self._may_change

    def holds(self, law: str) -> bool:
        """Say whether a law is to be kept."""
        return law not in self._lifted

    def note(self, law: str, happened: str) -> None:
        """Note that a law was broken; the first time of each law counts."""
        with self._lock:
            if self.holds(law):
                self._broken.setdefault(law, happened)

    @property
    def broken(self) -> dict[str, str]:
        """Return the laws that were broken, and what happened."""
        with self._lock:
            return dict(self._broken)

    @property
    def message(self) -> str:
        """Say what was broken, what it means and what to do; empty if nothing was."""
        return "\n\n".join(
            f"{happened}\nIn production: {_lower(LAWS[law].means)}\n{LAWS[law].cure}"
            for law, happened in self.broken.items()
        )


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]

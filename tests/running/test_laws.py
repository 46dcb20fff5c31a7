"""The laws: what a solution changes for others makes a test red, what it may do does not."""

from __future__ import annotations

import dataclasses
import datetime
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pydantic
import pytest

from dojo.ground.paths import PACKAGE_ROOT
from dojo.laws.photo.change import difference
from dojo.laws.photo.values import photograph
from dojo.laws.rules import LAWS
from dojo.laws.state.process import OF_PROCESS
from tests.made_up_katas import judge

HEAD = """
import asyncio, codecs, contextlib, copyreg, csv, datetime, decimal, faulthandler, fractions, gc
import http.client, importlib, io, json, locale, logging, mimetypes, multiprocessing, os, random
import requests, atexit, resource, urllib.request, urllib3
import signal, socket, sqlite3, ssl, subprocess, sys, threading, time, warnings
from concurrent.futures import ThreadPoolExecutor
import joblib, matplotlib, numpy as np, pandas as pd, sklearn.linear_model
import tempfile, threadpoolctl, xgboost
KEPT = []
LOCK = threading.Lock()
mimetypes.init()

def twice(function, workers=2):
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda _: function(), range(2)))

def gc_off():
    was = gc.get_threshold()
    gc.set_threshold(0)
    gc.set_threshold(*was)

def gc_off_alone():
    with LOCK:
        gc_off()

def silent():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")

def nowhere():
    with contextlib.redirect_stdout(io.StringIO()):
        pass

def quiet():
    logger = logging.getLogger("urllib3")
    was = logger.level
    logger.setLevel(50)
    logger.setLevel(was)

def own_logger():
    logging.getLogger(__name__).setLevel(50)
    logging.getLogger(__name__).setLevel(0)

def with_variable():
    os.environ["TEAM"] = "churn"
    os.environ.pop("TEAM", None)

def with_option():
    with pd.option_context("display.precision", 2):
        pass
"""


BREAKS = {
    "directory": ("os.chdir('/')", "the working directory was "),
    "environment": ("os.environ['TEAM'] = 'churn'", "os.environ TEAM was not there and is 'churn'"),
    "imports": ("sys.path.insert(0, '/srv/lib')", "sys.path was "),
    "permissions": ("os.umask(0o027)", "the umask was '0o0"),
    "priority": ("os.nice(1)", "the priority (os.nice) was "),
    "time_zone": ("os.environ['TZ'] = 'Asia/Tokyo'; time.tzset()", "the time zone was "),
    "locale": ("locale.setlocale(locale.LC_ALL, 'C.UTF-8')", "the locale was "),
    "signals": ("signal.signal(signal.SIGTERM, signal.SIG_IGN)", "the handler of SIGTERM was "),
    "hooks": ("sys.excepthook = print", "sys.excepthook was "),
    "warnings": ("warnings.filterwarnings('ignore')", "'ignore' for Warning"),
    "warnings_captured": ("logging.captureWarnings(True)", "warnings.showwarning was "),
    "logging": ("logging.getLogger('urllib3').setLevel(50)", "the logger urllib3 was "),
    "logging_disabled": ("logging.disable(50)", "logging.disable was 0 and is 50"),
    "logging_factory": (
        "logging.setLogRecordFactory(lambda *_, **__: None)",
        "logging.setLogRecordFactory was <class 'logging.LogRecord'> and is <function",
    ),
    "logging_class": (
        "logging.setLoggerClass(type('Own', (logging.Logger,), {}))",
        "logging.setLoggerClass was <class 'logging.Logger'> and is <class",
    ),
    "logging_filter": (
        "logging.getLogger('urllib3').addFilter(lambda _: False)",
        "the logger urllib3 was ",
    ),
    "logging_handler": (
        "[one.setLevel(60) for one in logging.getLogger('urllib3').handlers]",
        "the logger urllib3 was ",
    ),
    "logging_name": ("logging.addLevelName(30, 'OH')", "logging.addLevelName was ('NOTSET'"),
    "warnings_of_urllib3": ("urllib3.disable_warnings()", "'ignore' for HTTPWarning"),
    "socket_timeout": ("socket.setdefaulttimeout(9)", "setdefaulttimeout was None and is 9.0"),
    "decimal_traps": (
        "decimal.getcontext().traps[decimal.Inexact] = True",
        "the decimal context's traps was ",
    ),
    "decimal": ("decimal.getcontext().prec = 4", "context's precision was 28 and is 4"),
    "options": ("pd.set_option('display.precision', 2)", "display.precision was 6 and is 2"),
    "options_numpy": ("np.seterr(divide='ignore')", "numpy.seterr.divide was 'warn' and is"),
    "options_sklearn": (
        "sklearn.set_config(transform_output='pandas')",
        "sklearn.set_config.transform_output was 'default' and is 'pandas'",
    ),
    "options_xgboost": (
        "xgboost.set_config(verbosity=0)",
        "xgboost.set_config.verbosity was 1 and is 0",
    ),
    "options_joblib": (
        "joblib.parallel_config(backend='threading')",
        "joblib.parallel_config.backend was default(None) and is <",
    ),
    "options_matplotlib": (
        "matplotlib.rcParams['font.size'] = 3",
        "matplotlib.rc.font.size was 10.0 and is 3.0",
    ),
    "thread_limits": (
        "threadpoolctl.threadpool_limits(1, user_api='blas')",
        "left the process changed: the number of threads of blas (",
    ),
    "thread_limits_of_openmp": (
        "pools = threadpoolctl.ThreadpoolController().select(user_api='openmp')\n"
        "    [one.set_num_threads(7) for one in pools.lib_controllers]",
        " and is 7.",
    ),
    "exit": ("atexit.register(print, 'closed')", "called atexit.register for print."),
    "interpreter": ("sys.setrecursionlimit(9999)", "sys.setrecursionlimit was 1000 and is 9999"),
    "interpreter_gc": ("gc.set_threshold(9)", "gc.set_threshold was "),
    "interpreter_limit": (
        "resource.setrlimit(resource.RLIMIT_NOFILE, (99, resource.getrlimit(7)[1]))",
        "resource.RLIMIT_NOFILE was (",
    ),
    "interpreter_memory": (
        "import tracemalloc; tracemalloc.start()",
        "tracemalloc.is_tracing was False and is True",
    ),
    "interpreter_faults": (
        "(faulthandler.disable if faulthandler.is_enabled() else faulthandler.enable)()",
        "faulthandler.is_enabled was ",
    ),
    "interpreter_processes": (
        "multiprocessing.set_start_method('spawn', force=True)",
        "multiprocessing.set_start_method was 'fork",
    ),
    "imports_hook": ("sys.meta_path.insert(0, sys.meta_path[-1])", "sys.meta_path was ["),
    "hooks_unraisable": ("sys.unraisablehook = print", "sys.unraisablehook was "),
    "hooks_of_threads": ("threading.excepthook = print", "threading.excepthook was "),
    # What a library sets up while it is imported hides nothing of what the call does besides.
    "interpreter_import": ("import set_up_1; gc.disable()", "gc.isenabled was True and is False"),
    "options_import": (
        "pd.set_option('display.precision', 3); import set_up_2",
        "display.precision was 6 and is 3",
    ),
    "hooks_import": ("importlib.import_module('set_up_3'); sys.excepthook = print", "excepthook"),
    "environment_import": (
        "with contextlib.suppress(ImportError):\n        import no_such_module\n"
        "    os.environ['TEAM'] = 'churn'",
        "os.environ TEAM was not there",
    ),
    "seeds": ("random.seed(1)", "called random.seed"),
    "seeds_numpy": ("np.random.seed(1)", "called numpy.random.seed"),
    "seeds_numpy_state": ("np.random.set_state(np.random.RandomState(1).get_state())", "numpy"),
    "patches": ("requests.Session.send = lambda *_, **__: None", "requests.Session.send was "),
    "patches_ssl": (
        "ssl._create_default_https_context = ssl._create_unverified_context",
        "ssl._create_default_https_context was ",
    ),
    "patches_encoder": (
        "json.JSONEncoder.default = lambda _, one: str(one)",
        "json.JSONEncoder.default was ",
    ),
    "patches_addresses": ("socket.getaddrinfo = print", "socket.getaddrinfo was "),
    "defaults": (
        "http.client.HTTPConnection.debuglevel = 1",
        "http.client.HTTPConnection.debuglevel was 0 and is 1",
    ),
    "defaults_of_requests": (
        "requests.adapters.DEFAULT_RETRIES = 5",
        "requests.adapters.DEFAULT_RETRIES was 0 and is 5",
    ),
    "defaults_pydantic": (
        "__import__('pydantic').BaseModel.model_config['extra'] = 'forbid'",
        "pydantic.main.BaseModel.model_config",
    ),
    "defaults_decimal": (
        "decimal.DefaultContext.prec = 4",
        "decimal.DefaultContext.prec was 28 and is 4",
    ),
    "tables": (
        "codecs.register_error('strict', codecs.ignore_errors)",
        "codecs' handling of errors by strict was ",
    ),
    "tables_csv": (
        "csv.register_dialect('excel', delimiter=';')",
        "csv's dialect excel was ",
    ),
    "tables_types": (
        "mimetypes.guess_type('a.csv'); mimetypes.add_type('text/plain', '.json')",
        "mimetypes' type of .json was 'application/json' and is 'text/plain'",
    ),
    "opener": (
        "urllib.request.install_opener(urllib.request.build_opener())",
        "called urllib.request.install_opener with one of ",
    ),
    "copies": (
        "open(os.path.join(tempfile.mkdtemp(prefix='churn-'), 'x'), 'w').close()",
        " in the temporary folder was not there and is a folder",
    ),
    "copies_at_home": (
        "open(os.path.expanduser('~/churn.csv'), 'w').close()",
        "left something that nobody asked for: 'churn.csv' in the home folder was not there",
    ),
    "at_once": ("twice(gc_off)", "breaks_at_once(): gc was changed twice at once."),
    "at_once_warnings": ("twice(silent)", "the filters of warnings was changed twice at once."),
    "at_once_output": ("twice(nowhere)", "sys.stdout was changed twice at once."),
    "at_once_logger": (
        "twice(quiet)",
        "the level of the logger urllib3 was changed twice at once.",
    ),
    "at_once_variable": ("twice(with_variable)", "os.environ['TEAM'] was changed twice at once."),
    "at_once_options": ("twice(with_option)", "the options of pandas was changed twice at once."),
    "adapters": ("sqlite3.register_adapter(np.int64, int)", "sqlite3.register_adapter for int64"),
    "adapters_known": (
        "sqlite3.register_adapter(datetime.date, str)",
        "called sqlite3.register_adapter for date",
    ),
    "adapters_converter": (
        "sqlite3.register_converter('score', float)",
        "called sqlite3.register_converter for SCORE",
    ),
    "files": ("KEPT.append(open(__file__))", "'demo.py' was still open"),
    "files_database": (
        "KEPT.append(db := sqlite3.connect('x.db')); db.execute('create table t(a)')",
        "'x.db'",
    ),
    "connections": ("KEPT.append(socket.create_server(('127.0.0.1', 0)))", "was still open"),
    "threads": (
        "threading.Thread(target=threading.Event().wait, daemon=True).start()",
        "still ran",
    ),
    "threads_pool": ("KEPT.append(pool := ThreadPoolExecutor()); pool.submit(print)", "still ran"),
    "processes": ("KEPT.append(subprocess.Popen(['sleep', '9']))", "['sleep', '9'] still ran"),
}
# As Prefect does with the root logger's handlers, and scikit-learn with variables for its threads.
SETS_UP = """
import gc, logging, os, sys
os.environ["THREADS_OF_SET_UP"] = "1"
logging.getLogger().addHandler(logging.NullHandler())
sys.setrecursionlimit(sys.getrecursionlimit() + 1)
gc.set_threshold(701)
"""
KEEPS = {
    "library_sets_up": "import set_up_4",
    "directory": "before = os.getcwd(); os.chdir('/'); os.chdir(before)",
    "environment": "dict(os.environ, TEAM='churn')",
    "warnings": "with warnings.catch_warnings():\n        warnings.simplefilter('ignore')",
    "logging": "logging.getLogger('of_my_own').setLevel(10)",
    "decimal": "with decimal.localcontext() as own:\n        own.prec = 4",
    "options": "with pd.option_context('display.precision', 2):\n        pass",
    "exit_of_a_library": "with tempfile.TemporaryDirectory():\n        pass",
    "exit_taken_back": "atexit.register(print); atexit.unregister(print)",
    "threads_of_a_library": "with threadpoolctl.threadpool_limits(1):\n        pass",
    "backend_of_a_library": "with joblib.parallel_config(backend='threading'):\n        pass",
    "errors": "with np.errstate(all='ignore'):\n        pass",
    "unseeded_draw": "random.random(); np.random.rand(3)",
    "own_generator": "random.Random(1).random(); np.random.default_rng(1).random()",
    "seed_taken_back": "was = random.getstate(); random.seed(1); random.setstate(was)",
    "adapters_of_a_library": "with contextlib.closing(sqlite3.connect(':memory:')) as db:\n"
    "        pd.DataFrame({'a': [1]}).to_sql('t', db)",
    "adapter_taken_back": "was = dict(sqlite3.adapters); sqlite3.register_adapter(np.int64, int)\n"
    "    sqlite3.adapters.clear(); sqlite3.adapters.update(was)",
    "opener_put_back": "was = urllib.request._opener\n"
    "    urllib.request.install_opener(urllib.request.build_opener())\n"
    "    urllib.request.install_opener(was)",
    "own_opener": "urllib.request.build_opener().close()",
    "own_names_in_tables": "csv.register_dialect('own', delimiter=';')\n"
    "    codecs.register_error('own', codecs.ignore_errors)",
    "copy_removed": "with tempfile.NamedTemporaryFile() as file:\n        file.write(b'x')",
    "one_at_a_time": "twice(gc_off_alone)",
    "one_after_another": "twice(gc_off, 1)",
    "own_logger_at_once": "twice(own_logger)",
    "read_at_once": "twice(lambda: locale.setlocale(locale.LC_ALL))",
    "file_closed": "with open(__file__) as file:\n        file.read()",
    "thread_waited_for": "with ThreadPoolExecutor() as pool:\n        pool.submit(print).result()",
    "event_loop": "asyncio.run(asyncio.sleep(0))",
    "process_waited_for": "subprocess.run(['true'])",
}


@pytest.fixture(scope="module")
def process_verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    solution, tests = HEAD, {}
    for kind, bodies in (
        ("breaks", {key: one for key, (one, _) in BREAKS.items()}),
        ("keeps", KEEPS),
    ):
        for name, body in bodies.items():
            solution += f"\ndef {kind}_{name}():\n    {body}\n"
            tests[f"test_{kind}_{name}"] = f"solution):\n    solution.{kind}_{name}()"
    folder = tmp_path_factory.mktemp("process")
    for number in (1, 2, 3, 4):  # each is imported for the first time by one of the calls
        (folder / f"set_up_{number}.py").write_text(SETS_UP, encoding="utf-8")
    return judge(folder, solution, tests)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="some of it only Linux tells")
@pytest.mark.parametrize("name", BREAKS)
def test_process_that_is_left_changed_is_red(process_verdicts: dict, name: str) -> None:
    verdict = process_verdicts[f"test_breaks_{name}"]

    law = next(law for law in sorted(LAWS, key=len, reverse=True) if name.startswith(law))
    assert verdict["cause"] == "assertion"
    assert BREAKS[name][1] in verdict["message"]
    assert f"{LAWS[law].cure}" in verdict["message"]


@pytest.mark.parametrize("name", KEEPS)
def test_process_that_is_left_as_it_was_is_green(process_verdicts: dict, name: str) -> None:
    verdict = process_verdicts[f"test_keeps_{name}"]

    assert (verdict["cause"], verdict["message"]) == ("passed", "")


CALLS = """
def changes(rows, statistics=None):
    statistics["means"]["tenure"] = 0.0

def changes_frame(frame):
    frame["paid"] = 1

def leaves_in_pieces(frame):  # as two threads do that give one frame a column at the same moment
    frame._mgr.axes[0] = frame.columns.append(frame.columns[:1])
    frame._mgr._blknos = frame._mgr._blklocs = None

def changes_and_fails(rows):
    rows.append(4)
    raise ValueError("no")

class Refused(Exception):
    def __init__(self, status, url):
        super().__init__(f"{status} from {url}")

class RefusedWell(Exception):
    def __init__(self, status, url):
        super().__init__(status, url)

class Forgetful(Exception):
    def __init__(self, status, url="nowhere"):
        super().__init__(f"{status} from {url}")

def refuses(rows):
    raise Refused(503, "http://api")

def refuses_well(rows):
    raise RefusedWell(503, "http://api")

def forgets(rows):
    raise Forgetful(503, "http://api")

def refuses_on_the_way(rows):
    yield 1
    raise Refused(503, "http://api")

async def changes_later(rows):
    rows.append(4)

def changes_while_read(rows):
    yield 1
    rows.append(4)

def _fill(rows):
    rows.append(4)
    return rows

def fills(rows):
    return _fill(rows)

def fills_a_copy(rows):
    return _fill(list(rows))

class Store:
    def __init__(self):
        self.rows = []

    def put(self, rows):
        rows.clear()

    def keep(self, row):
        self.rows.append(row)

def sleeps(rows):
    return len(rows)
"""
CALL_TESTS = {
    "test_nested": "solution):\n    solution.changes([1], statistics={'means': {'tenure': 32.4}})",
    "test_frame": "solution):\n    solution.changes_frame(pd.DataFrame({'a': [1]}))",
    "test_frame_in_pieces": "solution):\n"
    "    solution.leaves_in_pieces(pd.DataFrame({'a': [1], 'b': [1.5]}))",
    "test_failure": "solution):\n    with pytest.raises(ValueError):\n"
    "        solution.changes_and_fails([1])",
    "test_error": "solution):\n    with pytest.raises(solution.Refused):\n"
    "        solution.refuses([1])",
    "test_error_on_the_way": "solution):\n    with pytest.raises(solution.Refused):\n"
    "        list(solution.refuses_on_the_way([1]))",
    "test_error_of_another_text": "solution):\n    with pytest.raises(solution.Forgetful):\n"
    "        solution.forgets([1])",
    "test_error_that_comes_back": "solution):\n    with pytest.raises(solution.RefusedWell):\n"
    "        solution.refuses_well([1])",
    "test_error_of_another_load": "solution, laws):\n    with pytest.raises(Exception):\n"
    "        solution.refuses_well([1])\n    one = solution.refuses_well\n    laws.load()\n"
    "    with pytest.raises(Exception):\n        one([1])",
    "test_async": "solution):\n    solution.changes_later([1])",
    "test_generator": "solution):\n    list(solution.changes_while_read([1]))",
    "test_helper": "solution):\n    solution.fills([1])",
    "test_copy": "solution):\n    assert solution.fills_a_copy([1]) == [1, 4]",
    "test_method": "solution):\n    solution.Store().put([1])",
    "test_own_state": "solution):\n    store = solution.Store()\n    store.keep(1)\n"
    "    assert store.rows == [1]",
    "test_allowed": "solution, laws):\n    laws.may_change('rows', 'it fills what it is given')\n"
    "    solution.fills([1])",
    "test_lifted": "solution, laws):\n    laws.lift('arguments', 'this is about another thing')\n"
    "    solution.fills([1])",
    "test_own_words_first": "solution):\n    solution.fills([1])\n    assert False, 'mine'",
    "test_stays_a_function": "solution):\n    import inspect\n"
    "    assert list(inspect.signature(solution.fills).parameters) == ['rows']\n"
    "    assert 'return _fill(rows)' in inspect.getsource(solution.fills)\n"
    "    assert isinstance(solution.Store(), solution.Store)",
}
SAYS = {
    "test_nested": "changes(rows, statistics) changed its argument 'statistics':"
    " statistics['means']['tenure'] was 32.4 and is 0.0.",
    "test_frame": "changes_frame(frame) changed its argument 'frame':"
    " frame has a column 'paid' now",
    "test_frame_in_pieces": "frame could be read, and now that raises AssertionError",
    "test_failure": "rows had 1 elements and has 2",
    "test_error": "refuses(rows) raised a Refused: pickle.loads(pickle.dumps(error)) raises"
    " TypeError: Refused.__init__() missing",
    "test_error_on_the_way": "refuses_on_the_way(rows) raised a Refused",
    "test_error_of_another_text": "gives one whose args was ",
    "test_async": "rows had 1 elements and has 2",
    "test_generator": "rows had 1 elements and has 2",
    "test_helper": "fills(rows) changed its argument 'rows'",
    "test_method": "Store.put(rows) changed its argument 'rows': rows had 1 elements and has 0",
    "test_own_words_first": "mine\n\nfills(rows) changed",
}


@pytest.fixture(scope="module")
def call_verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return judge(tmp_path_factory.mktemp("calls"), CALLS, CALL_TESTS)


@pytest.mark.slow
@pytest.mark.parametrize("name", CALL_TESTS)
def test_argument_that_a_call_changes_is_red(call_verdicts: dict, name: str) -> None:
    verdict = call_verdicts[name]

    assert verdict["passed"] == (name not in SAYS), verdict["message"]
    assert SAYS.get(name, "") in verdict["message"]


RUNS = """
from prefect import flow, task

@task
def spoil(rows):
    rows.append(4)

@task
def patient(rows):
    patient.retry_delay_seconds = [len(rows)]

@flow
def tagging_night(rows):
    fill.tags.add("night")
    raise ValueError("and fails")

@task
def fill(rows):
    return [*rows, 4]

@task
def fill_in_place(rows: list):
    rows.append(4)
    return rows

@flow
def night(rows):
    fill_in_place(list(rows))
    return fill_in_place.submit(list(rows)).result()

@flow
def spoiling_night(rows):
    rows.append(4)

@flow
async def spoiling_evening(rows: list):
    rows.append(4)

@flow
def spoiling_a_checked_copy(rows: list):
    rows.append(4)

@task(persist_result=True)
def storing(rows):
    return [*rows, 5]

@flow
def failing(rows):
    raise ValueError("no")

class Refused(Exception):
    def __init__(self, status):
        super().__init__(status)
        self.status = status

@flow
def refusing(rows):
    raise Refused(503)
"""
RUN_TESTS = {
    "test_task": "solution):\n    solution.spoil([1])",
    "test_settings": "solution):\n    solution.patient([1])",
    "test_settings_of_another": "solution):\n    with pytest.raises(ValueError):\n"
    "        solution.tagging_night([1])",
    "test_other_options": "solution):\n    solution.spoil.with_options(name='x')([1])",
    "test_submitted": "solution):\n    in_a_flow(lambda: solution.spoil.submit([1]).wait())",
    "test_mapped": "solution):\n    in_a_flow(lambda: solution.spoil.map([[1], [2]]).wait())",
    "test_own_function": "solution):\n    solution.spoil.fn([1])",
    "test_flow": "solution):\n    solution.spoiling_night([1])",
    "test_copied_by_the_engine": "solution):\n    solution.spoiling_a_checked_copy([1])",
    "test_async_flow": "solution):\n    solution.spoiling_evening([1])",
    "test_copies_inside": "solution):\n    assert solution.night([1]) == [1, 4]",
    "test_stored": "solution):\n    in_a_flow(lambda: solution.storing([1]))",
    "test_stored_and_allowed": "solution, laws):\n    laws.lift('results', 'it is about that')\n"
    "    in_a_flow(lambda: solution.storing([1]))",
    "test_error_stored_by_the_engine": "solution):\n    with pytest.raises(ValueError):\n"
    "        solution.failing([1])",
    "test_own_error_stored_by_the_engine": "solution):\n"
    "    with pytest.raises(solution.Refused):\n        solution.refusing([1])",
    "test_harmless": "solution):\n    in_a_flow(lambda: solution.fill.submit([1]).result())",
    "test_stays_a_task": "solution):\n    from prefect import Flow, Task\n"
    "    assert isinstance(solution.fill, Task) and isinstance(solution.night, Flow)\n"
    "    assert solution.fill.fn([1]) == [1, 4]",
}
RUNS_SAY = {
    "test_stored": "was not there and is a stored list of 2.",
    "test_settings": "changed a task or a flow: patient.retry_delay_seconds was 0 and is [1].",
    "test_settings_of_another": "changed a task or a flow: fill.tags was ",
}
GREEN_RUNS = {
    *("test_copies_inside", "test_harmless", "test_stays_a_task"),
    *("test_stored_and_allowed", "test_error_stored_by_the_engine"),
    "test_own_error_stored_by_the_engine",
}


@pytest.fixture(scope="module")
def run_verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return judge(tmp_path_factory.mktemp("runs"), RUNS, RUN_TESTS, needs='"prefect"')


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN_TESTS)
def test_argument_that_a_run_changes_is_red(run_verdicts: dict, name: str) -> None:
    verdict = run_verdicts[name]

    assert verdict["passed"] == (name in GREEN_RUNS), verdict["message"]
    said = RUNS_SAY.get(name, "changed its argument 'rows'")
    assert name in GREEN_RUNS or said in verdict["message"]


@pytest.mark.slow
def test_import_that_changes_the_process_is_red(tmp_path: Path) -> None:
    solution = "import socket\nsocket.setdefaulttimeout(9)\ndef add():\n    pass\n"
    tests = {"test_adds": "solution):\n    solution.add()"}

    verdict = judge(tmp_path, solution, tests)["test_adds"]

    assert "Importing demo.py left the process changed" in verdict["message"]


@pytest.mark.slow
def test_kata_lifts_a_law(tmp_path: Path) -> None:
    solution = "import random\ndef add():\n    random.seed(1)\n"
    tests = {"test_adds": "solution):\n    solution.add()"}

    verdict = judge(tmp_path, solution, tests, more='lifts = { seeds = "it is about seeds" }')

    assert verdict["test_adds"]["passed"]


@dataclasses.dataclass
class Settings:
    depth: int
    names: list[str]


class Plan(pydantic.BaseModel):
    nights: list[datetime.date] = []


def changed(value: Any, change: Callable[[Any], object]) -> str | None:
    before = photograph(value)
    change(value)
    found = difference(before, photograph(value))
    return f"value{found.place} {found.said}" if found else None


FRAME = pd.DataFrame({"id": [1, 2], "rate": [0.5, np.nan], "tags": [["a"], ["b"]]}, index=[7, 8])
CHANGES: dict[str, tuple[Any, Callable[[Any], object], str]] = {
    "list": ([1, 2], lambda v: v.append(3), "value had 2 elements and has 3"),
    "order": ([1, 2], lambda v: v.reverse(), "value[0] was 1 and is 2"),
    "type": ([1], lambda v: v.__setitem__(0, True), "value[0] was 1 and is True"),
    "key": ({"a": 1}, lambda v: v.pop("a"), "value has no 'a' any more (it was 1)"),
    "new key": ({}, lambda v: v.update(a=1), "value has 'a' now (1), which it had not"),
    "keys' order": (
        {"a": 1, "b": 2},
        lambda v: v.update(a=v.pop("a")),
        "value had its keys in the order ['a', 'b'], and has ['b', 'a']",
    ),
    "set": ({1}, lambda v: v.add(2), "value was {1} and is {1, 2}"),
    "dataclass": (
        Settings(3, ["a"]),
        lambda v: v.names.append("b"),
        "value.names had 1 elements and has 2",
    ),
    "model": (
        Plan(nights=[datetime.date(2026, 3, 29)]),
        lambda v: v.nights.clear(),
        "value.nights had 1 elements and has 0",
    ),
    "array": (
        np.array([[1.0, np.nan]]),
        lambda v: v.__setitem__((0, 1), 0.0),
        "value[0, 1] was nan and is 0.0",
    ),
    "cell": (
        FRAME.copy(),
        lambda v: v.__setitem__("rate", v["rate"].fillna(0)),
        "value['rate'][8] was nan and is 0.0",
    ),
    "cell's list": (
        pd.DataFrame({"tags": [["a"], ["b"]]}),
        lambda v: v["tags"][1].append("c"),
        "value['tags'][1] had 1 elements and has 2",
    ),
    "column": (
        FRAME.copy(),
        lambda v: v.__setitem__("paid", 1),
        "value has a column 'paid' now, which it had not",
    ),
    "columns' order": (
        FRAME.copy(),
        lambda v: v.insert(0, "rate", v.pop("rate")),
        "value has its columns in another order",
    ),
    "dtype": (
        FRAME.copy(),
        lambda v: v.__setitem__("id", v["id"].astype(float)),
        "value['id'] was int64 and is float64",
    ),
    "rows": (
        FRAME.copy(),
        lambda v: v.__init__(v.head(1)),
        "value had 2 rows and has 1",
    ),
    "index name": (
        FRAME.copy(),
        lambda v: setattr(v.index, "name", "customer"),
        "value had the names ([None], [None]) (index, columns) and has (['customer'], [None])",
    ),
    "attrs": (
        FRAME.copy(),
        lambda v: v.attrs.update(source="a step"),
        "value.attrs has 'source' now ('a step'), which it had not",
    ),
    "series": (
        pd.Series([1, 2], name="a"),
        lambda v: v.__setitem__(1, 5),
        "value[1] was 2 and is 5",
    ),
    "series' name": (
        pd.Series([1], name="a"),
        lambda v: setattr(v, "name", "b"),
        "value had the names ([None], ['a']) (index, columns) and has ([None], ['b'])",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_change_of_a_value_is_told(name: str) -> None:
    value, change, said = CHANGES[name]

    assert changed(value, change) == said


@pytest.mark.parametrize(
    "value",
    [
        [1, "a", None, float("nan")],
        {"a": {"b": (1, [2])}},
        FRAME,
        FRAME["rate"],
        pd.DataFrame({"when": pd.to_datetime(["2026-03-29", None])}),
        np.array([np.nan, 1.0]),
        np.array(["a", None], dtype=object),
        Settings(3, []),
        iter([1, 2]),
        {1, 2},
    ],
    ids=lambda value: type(value).__name__,
)
def test_value_that_is_only_read_is_as_before(value: Any) -> None:
    assert changed(value, lambda v: (repr(v), bool(id(v)))) is None


def test_value_that_holds_itself_has_an_end() -> None:
    rows: list[Any] = [1]
    rows.append(rows)

    assert changed(rows, lambda v: v.append(2)) == "value had 2 elements and has 3"


@pytest.mark.parametrize("kata", ["11_notifications", "12_churn_pipeline"])
def test_page_on_loggers_says_what_the_law_says(kata: str) -> None:
    page = (PACKAGE_ROOT / "katas" / kata / "README.md").read_text(encoding="utf-8")
    sentence = LAWS["logging"].cure.split(". ", 1)[1]

    assert sentence.removesuffix(".") in page.replace("`", "")


def test_rules_name_every_cure() -> None:
    assert all(law.means.endswith(".") and law.cure.endswith(".") for law in LAWS.values())


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system has no such file")
def test_umask_is_read_without_being_set(monkeypatch: pytest.MonkeyPatch) -> None:
    read = next(one.read for one in OF_PROCESS if one.law == "permissions")
    as_it_is = os.umask(0o027)
    monkeypatch.setattr(os, "umask", lambda _: pytest.fail("another thread's file has that mode"))

    found = read()

    monkeypatch.undo()
    os.umask(as_it_is)
    assert found == {"": "0o027"}

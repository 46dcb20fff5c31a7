"""What your functions find in nights that real runs left, and what they read on a server."""

import copy
import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from prefect import flow, task
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import (
    Constant,
    FlowRunResult,
    Parameter,
    State,
    StateDetails,
    StateType,
    TaskRunResult,
)
from prefect.results import ResultRecord, ResultRecordMetadata
from prefect.runtime import flow_run
from prefect.serializers import JSONSerializer
from prefect.settings import PREFECT_RESULTS_PERSIST_BY_DEFAULT, temporary_settings

RUN = "read_runs([run_id])"
Row = dict[str, Any]

# What was planted: the nights of each family differ in names, dates, ids and order.
STORY = {
    "green": "A whole night: nothing failed.",
    "retry_healed": "The API was busy once; the retry was answered 200, and the run completed.",
    "refused_once": "The API refused with 401 once; the retry was answered 200.",
    "optional_failed": "An optional task failed, and the night went on without it.",
    "began_late": "The run was due at the right time, and began an hour late: a busy worker.",
    "two_regions": "Two regions ran at the same time, each on its own: other parameters.",
    "cache_was_right": (
        "A task run is Cached, of the same version of the data: as it should be. Others made the"
        " same result of another version later."
    ),
    "outage": "The API was busy at each try, until the last.",
    "outage_is_over": (
        "The API was busy at each try; later it answered 200 to another run, on another path."
    ),
    "no_answer": "The API gave no answer at all, at each try.",
    "error_taken_for_rows": (
        "The task that asked took a busy API's error for rows: it is Completed, and the next one"
        " failed."
    ),
    "secret": "At first the API answered 200 to others; then 401, and 200 to nobody any more.",
    "secret_of_all": "The API refused with 401 whoever asked, in all runs.",
    "refused_alone": (
        "The API refused this run with 401, and answered 200 to another one later, on another path."
    ),
    "answer_renamed": (
        "A column of the answer has another name now; the next task failed. Other people never"
        " asked for that column."
    ),
    "answer_is_an_error": "The answer 200 had an error in it for rows; the next task failed.",
    "code_in_features": (
        "The answer has all columns of before, and one more; the task failed. Other people ask for"
        " a column of their own."
    ),
    "code_in_training": "One training failed by itself; the choice of a model failed of that.",
    "failure_passed_on": (
        "One training failed by itself; the choice of a model went on without it and is Completed;"
        " what it gave to others made them fail."
    ),
    "optional_then_code": "First an optional task failed, then a training: that ended the run.",
    "both_models": "Both trainings failed; the one that began first failed last.",
    "flow_raises": "No task failed: the flow itself raised between two of them.",
    "effect_fails": "The last effect failed by itself; all before it is done.",
    "lost": "The run is still Running, and its heartbeats stopped long ago.",
    "lost_while_promoting": "The run is still Running, without heartbeats; it died in an effect.",
    "lost_and_crashed": "The worker died, and an automation made the run Crashed.",
    "preempted": "The worker was told to stop: run and task run are Crashed.",
    "preempted_while_promoting": "The worker was told to stop in an effect: it is Crashed.",
    "crashed_when_done": "All was done when an automation made the run Crashed.",
    "slow": "The run is Running, and its last heartbeat is seconds ago.",
    "lost_then_rerun": "One run was lost and is Running for ever; the next one completed.",
    "rerun_healed": "The first run failed in an outage; the second one completed.",
    "rerun_failed_otherwise": "The first run failed in an outage, the second one by itself.",
    "stale_features": (
        "A task run is Cached, of an older version of the data; a check failed. Others made the"
        " same result anew, but later."
    ),
    "stale_features_unseen": (
        "A task run is Cached, of an older version; all is Completed. Others made the same result"
        " anew, but later."
    ),
    "clock_back": "At the change of clocks the time at which it is due came twice: two runs.",
    "clock_forward": "After the change of clocks the run was due an hour late by the wall clock.",
    "two_at_once": "Two runs with the same parameters were at work at once; the second one failed.",
    "two_at_once_unseen": "Two runs with the same parameters were at work at once; both completed.",
    "alive_over_a_change": "Clocks went forward, 40 s after the last sign of the run: it is alive.",
    "lost_over_a_change": "Clocks went back; the run has been silent for an hour and five seconds.",
}
AT_WORK = "The second run has failed; the first is alive, and at work until `taken_at`."
RERUN = "The first run failed in an effect; a second one did that alone, and all was done."
STILL_AT_WORK = (
    "An automation set the first run to Crashed when its process was at work; the second one began"
    " 5 s later, and 10 s before the last heartbeat of the first."
)
THROUGH = "What was made of it was made by way of a task run of another run."
NEW_EFFECT = "No earlier night had the effect in which the worker died."
IN_BETWEEN = (
    "After the last request of the task run, and before that ended, the API answered 200 to others."
)
BETWEEN = "The worker died when an effect had been begun once and was AwaitingRetry."
WASTED = (
    "In production: you mend what is not broken while the cause stands, and the next night fails of"
    " it again."
)


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def time_of(row: Row) -> dt.datetime:
    """Return when something was."""
    return dt.datetime.fromisoformat(row["at"])


# Task 1: what the API knows of a run


class Planned(NamedTuple):
    """A task run that is put on the server, as Prefect's own recorder does it."""

    name: str
    states: list[tuple[StateType, str, str]]
    tags: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    result: str | None = None


P, R, C, F, S = (
    StateType.PENDING,
    StateType.RUNNING,
    StateType.COMPLETED,
    StateType.FAILED,
    StateType.SCHEDULED,
)
HEALED = Planned(
    "load_rows",
    [
        (P, "Pending", ""),
        (R, "Running", ""),
        (S, "AwaitingRetry", "busy: 503"),
        (R, "Retrying", ""),
        (C, "Completed", ""),
    ],
)
CACHED = Planned(
    "make_features",
    [(P, "Pending", ""), (R, "Running", ""), (C, "Cached", "")],
    ("night", "effect", "churn"),
    ("load_rows", "load_rows"),
    "results/features-é-1",
)
BROKEN = Planned(
    "train_model",
    [(P, "Pending", ""), (R, "Running", ""), (F, "Failed", "KeyError: 'tenure'")],
    (),
    ("make_features", "load_rows"),
)
NEVER = Planned(
    "score_rows", [(P, "Pending", ""), (P, "NotReady", "upstream")], (), ("train_model",)
)


class Server:
    """Prefect's server, with the runs of one test."""

    def __init__(self, client: SyncPrefectClient) -> None:
        self.client = client

    def run(self, planned: list[Planned], fails: str = "", **parameters: Any) -> str:
        """Have a real flow run made, and its task runs put on the server; return its id."""
        made = []

        @flow(name="nightly")
        def nightly(night: str = "2026-03-14", region: str = "eu") -> None:
            made.append(str(flow_run.id))
            if fails:
                raise RuntimeError(fails)

        nightly(**parameters, return_state=True)
        ids: dict[str, uuid.UUID] = {}
        for one in planned:
            ids[one.name] = self._put(uuid.UUID(made[0]), one, ids)
        return made[0]

    def _put(self, run_id: uuid.UUID, planned: Planned, ids: dict[str, uuid.UUID]) -> uuid.UUID:
        first, *others = [_state(*one) for one in planned.states]
        inputs: dict[str, list[Any]] = {
            "rows": [TaskRunResult(id=ids[one]) for one in planned.upstream],
            "wait_for": [TaskRunResult(id=ids[one]) for one in planned.upstream[:1]],
            "night": [Parameter(name="night"), Constant(type="int")],
            "child": [FlowRunResult(id=uuid.uuid4())],
        }
        made = self.client.create_task_run(
            task(lambda: None, name=planned.name),
            run_id,
            dynamic_key=planned.name,
            name=planned.name,
            extra_tags=planned.tags,
            state=first,
            task_inputs=inputs,
        )
        for state in others:
            if state is others[-1] and planned.result:
                state.data = _stored(planned.result)
            with temporary_settings({PREFECT_RESULTS_PERSIST_BY_DEFAULT: True}):
                self.client.set_task_run_state(made.id, state, force=True)
        return made.id

    def moments(self, row: Row) -> list[dt.datetime]:
        """Return when the states of a task run were, as the server has it."""
        states = self.client.read_task_run_states(uuid.UUID(row["id"]))
        return sorted(one.timestamp for one in states)


def _state(kind: StateType, name: str, message: str) -> State[Any]:
    return State(type=kind, name=name, message=message or None)


def _stored(key: str) -> ResultRecord[int]:
    """Say of a result where it is stored."""
    place = ResultRecordMetadata(
        storage_key=key, expiration=None, serializer=JSONSerializer(), prefect_version="3"
    )
    return ResultRecord(result=1, metadata=place)


@pytest.fixture
def server() -> Iterator[Server]:
    """Talk to Prefect's server."""
    with get_client(sync_client=True) as client:
        yield Server(client)


def read(solution: Any, *run_ids: str) -> list[Row]:
    """Have runs read; check what each must have, whatever it is of."""
    rows = solution.read_runs(list(run_ids))
    assert isinstance(rows, list) and len(rows) == len(run_ids), told(
        f"read_runs was asked for {len(run_ids)} flow runs and returned {shorten(repr(rows))}.",
        "Expected: a list with a dict for each.",
        "In production: a night with two runs looks like one with one, or with none.",
    )
    keys = {"id", "name", "parameters", "due", "states", "tasks"}
    seen = {frozenset(one) if isinstance(one, dict) else type(one) for one in rows}
    assert seen <= {frozenset(keys)}, told(
        f"read_runs returned {shorten(repr(rows))}.",
        f"Expected: dicts with {', '.join(sorted(keys))}.",
        "In production: whoever reads the record of a night does not find what it has.",
    )
    return rows


def shown_states(states: list[Row]) -> list[tuple[str, str, str]]:
    """Return type, name and message of states."""
    return [(one["type"], one["name"], one["message"]) for one in states]


def test_run_is_read_as_the_api_has_it(solution: Any, server: Server) -> None:
    run_id = server.run([], fails="no quota", night="2026-03-29", region="us")
    real = server.client.read_flow_run(uuid.UUID(run_id))

    (row,) = read(solution, run_id)

    seen = {name: row[name] for name in ("id", "name", "parameters", "tasks")}
    expected = {
        "id": run_id,
        "name": real.name,
        "parameters": {"night": "2026-03-29", "region": "us"},
        "tasks": [],
    }
    assert seen == expected, told(
        f"{RUN} returned {seen}.",
        f"Expected: {expected}.",
        "In production: nobody can say which night a run was of: a rerun looks like the first one.",
    )
    states = shown_states(row["states"])
    ended = "Flow run encountered an exception: RuntimeError: no quota"
    expected_states = [("PENDING", "Pending"), ("RUNNING", "Running"), ("FAILED", "Failed")]
    assert [one[:2] for one in states] == expected_states and states[-1][2] == ended, told(
        f"{RUN} returned the states {states}.",
        f"Expected, the oldest first: {expected_states}, and the last one's message {ended!r}.",
        "In production: only how it ended is left, and not when it began.",
    )
    due = dt.datetime.fromisoformat(row["due"])
    assert due == real.expected_start_time, told(
        f"{RUN} returned `due` {row['due']!r}.",
        f"Expected: the expected start, {real.expected_start_time}.",
        "In production: a run that was late looks like one that was due late.",
    )


def test_run_is_read_anew_each_time(solution: Any, server: Server) -> None:
    run_id = server.run([BROKEN._replace(upstream=())])
    (before,) = read(solution, run_id)
    task_id = before["tasks"][0]["id"]
    again = server.client.read_flow_run(uuid.UUID(run_id)).expected_start_time
    later = again + dt.timedelta(minutes=20)
    with temporary_settings({PREFECT_RESULTS_PERSIST_BY_DEFAULT: True}):
        crashed = State(type=StateType.CRASHED, name="Crashed", message="no heartbeat")
        server.client.set_task_run_state(uuid.UUID(task_id), crashed, force=True)
        waits = State(
            type=S, name="AwaitingRetry", state_details=StateDetails(scheduled_time=later)
        )
        server.client.set_flow_run_state(uuid.UUID(run_id), waits, force=True)

    (row,) = read(solution, run_id)

    call = f"{RUN}, once more after it was set to AwaitingRetry, and its task run to Crashed,"
    seen = [row["states"][-1]["name"], row["tasks"][0]["states"][-1]["name"]]
    assert seen == ["AwaitingRetry", "Crashed"], told(
        f"{call} returned as the last states {seen}.",
        "Expected: AwaitingRetry and Crashed. What has ended changes, too: somebody retries it, an"
        " automation sets its state.",
        "In production: a service that judges nights goes on telling what it saw first, and has"
        " effects run again that were done at eight.",
    )
    due = dt.datetime.fromisoformat(row["due"])
    assert due == again, told(
        f"{call} returned `due` {row['due']!r}.",
        f"Expected: {again}, when it was to start; its next try is at {later}.",
        "In production: a run that is tried again seems to have been due late, and somebody is"
        " woken to mend a schedule that was right.",
    )


def test_task_runs_have_their_whole_history(solution: Any, server: Server) -> None:
    planned = [HEALED, CACHED, BROKEN, NEVER]
    run_id = server.run(planned)

    (row,) = read(solution, run_id)

    tasks = {one["name"]: one for one in row["tasks"]}
    assert sorted(tasks) == sorted(one.name for one in planned), told(
        f"{RUN} returned the task runs {sorted(tasks)}.",
        f"Expected: {sorted(one.name for one in planned)}.",
        "In production: the one that failed is not in the record.",
    )
    for one in planned:
        seen = shown_states(tasks[one.name]["states"])
        expected = [(kind.value, name, message) for kind, name, message in one.states]
        assert seen == expected, told(
            f"{RUN} returned of {one.name} the states {seen}.",
            f"Expected, the oldest first: {expected}.",
            "In production: a retry that healed cannot be told from a task that never failed, or"
            " Cached from Completed.",
        )
        moments = [time_of(state) for state in tasks[one.name]["states"]]
        assert moments == server.moments(tasks[one.name]), told(
            f"{RUN} returned of {one.name} the moments {moments}.",
            f"Expected, as the server has them: {server.moments(tasks[one.name])}.",
            "In production: what failed first cannot be told.",
        )


def test_task_runs_know_what_they_were_made_of(solution: Any, server: Server) -> None:
    planned = [HEALED, CACHED, BROKEN, NEVER]
    run_id = server.run(planned)

    (row,) = read(solution, run_id)

    ids = {one["name"]: one["id"] for one in row["tasks"]}
    for one in row["tasks"]:
        plan = next(plan for plan in planned if plan.name == one["name"])
        seen = {name: one[name] for name in ("tags", "upstream", "result")}
        expected = {
            "tags": sorted(plan.tags),
            "upstream": sorted({ids[name] for name in plan.upstream}),
            "result": plan.result,
        }
        assert seen == expected, told(
            f"{RUN} returned of {one['name']}: {seen}.",
            f"Expected: {expected}.",
            "In production: a failure that another one made looks like one of its own; and nobody"
            " sees from where a cached value came.",
        )


def test_runs_come_in_the_order_asked_for(solution: Any, server: Server) -> None:
    other = server.run([HEALED], night="2026-03-13")
    run_id = server.run([BROKEN._replace(upstream=())])
    server.run([NEVER._replace(upstream=())], night="2026-03-12")

    rows = read(solution, run_id, other)

    seen = [(one["id"], [task["name"] for task in one["tasks"]]) for one in rows]
    assert seen == [(run_id, ["train_model"]), (other, ["load_rows"])], told(
        f"read_runs([{run_id!r}, {other!r}]) returned, with their tasks: {seen}.",
        "Expected: each run with its own task runs, in the order asked for.",
        "In production: the failure of one night is looked for in another one.",
    )
    assert read(solution) == [], told(
        "read_runs([]) did not return [].",
        "Expected: [].",
        "In production: a filter with no id is no filter: all runs of the server come back.",
    )


def test_run_that_is_not_there_is_an_error(solution: Any, server: Server) -> None:
    run_id = server.run([])
    nobody = str(uuid.uuid4())
    try:
        rows = solution.read_runs([run_id, nobody])
    except NotImplementedError:
        raise
    except Exception:
        return
    raise AssertionError(
        told(
            f"read_runs was asked for {nobody!r} too, which is not there, and returned"
            f" {shorten(repr(rows))}.",
            "Expected: an exception.",
            "In production: a night without a record looks like a night without a failure.",
        )
    )


# Task 2: what failed first, for a reason of its own

Nights = Callable[..., list[Any]]


def named(night: Row, found: Any) -> str:
    """Say of an id whose it is."""
    for run in night["runs"]:
        if run["id"] == found:
            return f"{found!r} (the run {run['name']}, {run['states'][-1]['name']})"
        for one in run["tasks"]:
            if one["id"] == found:
                return f"{found!r} ({one['name']}, {one['states'][-1]['name']})"
    return repr(found)


def find_failures(solution: Any, drawn: Any) -> None:
    """Check the first failure of each run of a night."""
    for run in drawn.night["runs"]:
        seen = solution.first_failure(run)
        expected = drawn.first[run["id"]]
        assert seen == expected, told(
            f"first_failure returned {named(drawn.night, seen)}"
            f" of a run of the night {drawn.family!r}.",
            f"Expected: {named(drawn.night, expected)}. {STORY[drawn.family]}",
            WASTED,
        )


def test_failure_of_its_own_is_found(solution: Any, recorded_nights: Nights) -> None:
    for drawn in recorded_nights("outage", "no_answer", "effect_fails", "answer_renamed", "secret"):
        find_failures(solution, drawn)


def test_collateral_failure_is_not_the_first(solution: Any, recorded_nights: Nights) -> None:
    for drawn in recorded_nights("code_in_training", "both_models", "failure_passed_on"):
        find_failures(solution, drawn)
        behind = copy.deepcopy(drawn)
        for run in behind.night["runs"]:
            clock_behind(run, behind.first[run["id"]])
            seen = solution.first_failure(run)
            assert seen == behind.first[run["id"]], told(
                f"first_failure returned {named(behind.night, seen)}.",
                f"Expected: {named(behind.night, behind.first[run['id']])}, upstream of it:"
                " the clock of the machine that ran the later ones was an hour behind.",
                "In production: clocks of two machines differ. What was made of what, does not.",
            )


def clock_behind(run: Row, first: str | None) -> None:
    """Have all that is downstream of a task run be stamped an hour early."""
    below = {first}
    for _ in run["tasks"]:
        below |= {one["id"] for one in run["tasks"] if below & set(one["upstream"])}
    for one in run["tasks"]:
        for state in one["states"] if one["id"] in below - {first} else ():
            state["at"] = (time_of(state) - dt.timedelta(hours=1)).isoformat()


def test_earliest_of_several_is_the_first(solution: Any, recorded_nights: Nights) -> None:
    for _ in range(12):
        for drawn in recorded_nights("both_models"):
            find_failures(solution, drawn)


def test_what_healed_or_was_optional_is_no_failure(solution: Any, recorded_nights: Nights) -> None:
    for drawn in recorded_nights(
        *("green", "retry_healed", "refused_once", "optional_failed", "optional_then_code"),
        *("lost", "slow", "crashed_when_done", "flow_raises", "cache_was_right"),
    ):
        find_failures(solution, drawn)


class Looked(list[str]):
    """A list that knows how often it was gone through; of all such lists together."""

    times = 0

    def __iter__(self) -> Iterator[str]:
        type(self).times += 1
        assert self.times < 300_000, told(
            "first_failure was given a run of 56 task runs, in 14 layers of four, each made of all"
            f" four before it, and has gone through their `upstream` {self.times:,} times.",
            "Expected: an answer, after some thousand looks. From the last to the first there are"
            " 67 million ways; each task run is to be looked at once.",
            "In production: tasks that were mapped have such runs. What is to say why the night"
            " failed hangs, until somebody kills it.",
        )
        return super().__iter__()


def test_many_ways_upstream_are_one_answer(solution: Any, recorded_nights: Nights) -> None:
    (drawn,) = recorded_nights("flow_raises")
    run = drawn.night["runs"][0]
    Looked.times = 0
    done = [{**run["states"][-1], "type": "COMPLETED", "name": "Completed"}]
    failed = [{**run["states"][-1], "type": "FAILED", "name": "Failed"}]
    layers = [[f"{layer}-{number}" for number in range(4)] for layer in range(14)]
    tasks = [
        {
            "id": name,
            "name": name,
            "tags": [],
            "states": failed if name in ("0-3", "13-0", "13-1") else done,
            "upstream": Looked(layers[layer - 1] if layer else []),
            "result": None,
        }
        for layer, names in enumerate(layers)
        for name in names
    ]
    seen = solution.first_failure({**run, "tasks": tasks})
    assert seen == "0-3", told(
        f"first_failure returned {seen!r} of a run of 14 layers of task runs, in which 0-3 failed,"
        " and in the last layer 13-0 and 13-1.",
        "Expected: '0-3', which is upstream of both.",
        WASTED,
    )


def test_crashed_task_run_is_no_reason_of_its_own(solution: Any, recorded_nights: Nights) -> None:
    for drawn in recorded_nights("preempted", "preempted_while_promoting", "lost_and_crashed"):
        find_failures(solution, drawn)


def test_run_without_task_runs_has_no_failure(solution: Any, recorded_nights: Nights) -> None:
    (drawn,) = recorded_nights("flow_raises")
    for run in drawn.night["runs"]:
        seen = solution.first_failure({**run, "tasks": []})
        assert seen is None, told(
            f"first_failure of a run without task runs returned {seen!r}.",
            "Expected: None.",
            "In production: a flow that raises before its first task has no record at all.",
        )


# Task 3: of what kind the cause is, and where it sits


def find_causes(solution: Any, recorded_nights: Nights, *families: str) -> None:
    """Check the cause of nights of some families."""
    for drawn in recorded_nights(*families):
        check_cause(solution, drawn, drawn.night, *drawn.cause)


def check_cause(
    solution: Any, drawn: Any, night: Row, kind: str, where: str, story: str = ""
) -> None:
    """Check the cause of one night."""
    seen = solution.find_cause(night, drawn.failure)
    is_pair = isinstance(seen, tuple) and len(seen) == 2
    assert is_pair, told(
        f"find_cause returned {shorten(repr(seen))}.",
        "Expected: a tuple of the kind and an id.",
        "In production: nobody knows what to do with it.",
    )
    assert tuple(seen) == (kind, where), told(
        f"find_cause returned {seen[0]!r}, {named(night, seen[1])}, of the night {drawn.family!r}.",
        f"Expected: {kind!r}, {named(night, where)}. {story or STORY[drawn.family]}",
        WASTED,
    )


def test_night_that_healed_has_no_cause(solution: Any, recorded_nights: Nights) -> None:
    find_causes(
        *(solution, recorded_nights, "green", "retry_healed", "refused_once", "optional_failed"),
        *("rerun_healed", "lost_then_rerun", "slow", "crashed_when_done", "began_late"),
        *("two_regions", "cache_was_right"),
    )
    for drawn in recorded_nights("effect_fails"):
        more = drawn.with_rerun_of_the_rest()
        check_cause(solution, more, more.night, *more.cause, RERUN)


def test_outage_is_told_by_the_last_answer(solution: Any, recorded_nights: Nights) -> None:
    find_causes(
        *(solution, recorded_nights, "outage", "outage_is_over", "no_answer"),
        "error_taken_for_rows",
    )


def with_health_checked(night: Row) -> Row:
    """Have somebody ask whether the API is there, shortly before the record was read."""
    taken = dt.datetime.fromisoformat(night["taken_at"])
    more = {"task": str(uuid.uuid4()), "path": "/health", "columns": [], "version": ""}
    asked = [
        {**more, "at": (taken - dt.timedelta(seconds=left_s)).isoformat(), "status": status}
        for left_s, status in ((3, 204), (2, 206), (1, 304))
    ]
    return {**night, "requests": [*asked, *night["requests"]]}


HEALTH = "Afterwards only requests to /health were answered, with 204, 206 and 304: none with 200."


def test_secret_is_refused_from_a_moment_on(solution: Any, recorded_nights: Nights) -> None:
    find_causes(solution, recorded_nights, "secret", "secret_of_all", "refused_alone")
    for drawn in recorded_nights("secret", "secret_of_all"):
        check_cause(solution, drawn, with_health_checked(drawn.night), *drawn.cause, HEALTH)


def test_other_answer_is_found_upstream(solution: Any, recorded_nights: Nights) -> None:
    find_causes(
        *(solution, recorded_nights, "answer_renamed", "answer_is_an_error", "code_in_features")
    )
    for drawn in recorded_nights("answer_renamed"):
        more = drawn.with_way_through_others()
        check_cause(solution, more, more.night, *more.cause, f"{STORY[drawn.family]} {THROUGH}")


def test_cached_result_of_other_data_is_the_cause(solution: Any, recorded_nights: Nights) -> None:
    find_causes(
        *(solution, recorded_nights, "stale_features", "stale_features_unseen"),
        "cache_was_right",
    )


def test_first_stale_result_is_the_cause(solution: Any, recorded_nights: Nights) -> None:
    for _ in range(3):
        for drawn in recorded_nights("stale_features_unseen"):
            more = drawn.with_another_stale_task()
            story = "What was made of a stale result is stale, too, and came from the cache later."
            check_cause(solution, more, more.night, *more.cause, story)


def last_sign(night: Row, run: Row) -> dt.datetime:
    """Return when a run that is Running gave its last sign."""
    beats = [time_of(one) for one in night["heartbeats"] if one["run"] == run["id"]]
    states = [*run["states"], *(state for one in run["tasks"] for state in one["states"])]
    return max([*beats, *map(time_of, states)])


def test_lost_worker_is_told_by_its_silence(solution: Any, recorded_nights: Nights) -> None:
    families = ("lost", "lost_while_promoting", "lost_and_crashed", "slow")
    more = ("preempted", "preempted_while_promoting")
    find_causes(solution, recorded_nights, *families, *more)
    for drawn in recorded_nights("lost", "slow"):
        (run,) = [one for one in drawn.night["runs"] if one["states"][-1]["type"] == "RUNNING"]
        for silent_s in (89.5, 90.0, 86_420.0):
            taken = last_sign(drawn.night, run) + dt.timedelta(seconds=silent_s)
            night = {**drawn.night, "taken_at": taken.isoformat()}
            expected = ("worker", run["id"]) if silent_s >= 90 else ("nothing", "")
            story = f"The run is Running, and its last sign was {silent_s} s before `taken_at`."
            check_cause(solution, drawn, night, *expected, story)
    find_causes(solution, recorded_nights, "over_a_change")


def without_late_beats(night: Row, run: Row) -> tuple[Row, dt.datetime]:
    """Take away a run's heartbeats from shortly before its last state on; return when that was."""
    states = [*run["states"], *(state for one in run["tasks"] for state in one["states"])]
    last = max(map(time_of, states))
    edge = last - dt.timedelta(seconds=100)
    beats = [one for one in night["heartbeats"] if one["run"] != run["id"] or time_of(one) < edge]
    return {**night, "heartbeats": beats}, last


def test_state_is_a_sign_of_life_too(solution: Any, recorded_nights: Nights) -> None:
    for drawn in recorded_nights("lost", "slow"):
        (run,) = [one for one in drawn.night["runs"] if one["states"][-1]["type"] == "RUNNING"]
        night, last = without_late_beats(drawn.night, run)
        for silent_s in (60, 95):
            taken = last + dt.timedelta(seconds=silent_s)
            expected = ("worker", run["id"]) if silent_s >= 90 else ("nothing", "")
            story = (
                "The run is Running; its last heartbeats are lost on the way, and a task run of it"
                f" changed its state {silent_s} s before `taken_at`."
            )
            changed = {**night, "taken_at": taken.isoformat()}
            check_cause(solution, drawn, changed, *expected, story)


def night_due(due: str, *moments: str) -> Row:
    """Make the night in which Paris has no 02:30; of its runs all but the first came through."""

    def run(night: str, moment: str) -> Row:
        states = [
            {"type": kind, "name": kind.capitalize(), "at": at.isoformat(), "message": ""}
            for at, kind in zip(
                (dt.datetime.fromisoformat(moment) + dt.timedelta(seconds=s) for s in (1, 2)),
                ("RUNNING", "COMPLETED"),
                strict=True,
            )
        ]
        name, parameters = f"of {moment}", {"night": night, "region": "eu"}
        more = {"name": name, "parameters": parameters, "due": moment, "states": states}
        return {"id": str(uuid.uuid4()), "tasks": [], **more}

    runs = [run("2026-03-29", moment) for moment in moments]
    return {
        "parameters": runs[0]["parameters"],
        "timezone": "Europe/Paris",
        "due": due,
        "taken_at": "2026-03-29T08:00:00+00:00",
        "runs": [run("2026-03-28", f"2026-03-28T{due}:00+01:00"), *runs],
        "heartbeats": [],
        "requests": [],
    }


def test_clock_change_is_told_by_the_wall_clock(solution: Any, recorded_nights: Nights) -> None:
    find_causes(solution, recorded_nights, "clock_back", "clock_forward", "began_late")
    for due, moment, kind in (
        ("02:30", "2026-03-29T03:30:00+02:00", "clock"),
        ("02:30", "2026-03-29T01:30:00+01:00", "clock"),
        ("02:30", "2026-03-29T00:30:00+00:00", "clock"),
        ("03:30", "2026-03-29T01:30:40+00:00", "nothing"),
    ):
        night = night_due(due, moment)
        where = night["runs"][-1]["id"] if kind == "clock" else ""
        seen = solution.find_cause(night, None)
        assert seen == (kind, where), told(
            f"find_cause returned {shorten(repr(seen))} of the night of 2026-03-29 in Paris, due at"
            f" {due}, whose one run was due {moment}.",
            f"Expected: {(kind, where)}. At 02:00 the clock goes to 03:00 there: no moment of that"
            " night reads 02:30, whatever a library makes of it.",
            "In production: the night that has no 02:30 is the one to look at: was it left out, or"
            " put off?",
        )


def test_two_runs_at_once_are_found(solution: Any, recorded_nights: Nights) -> None:
    find_causes(
        *(solution, recorded_nights, "two_at_once", "two_at_once_unseen"),
        *("two_regions", "lost_then_rerun"),
    )
    for drawn in recorded_nights("lost_then_rerun"):
        both = drawn.with_another_before_the_last_sign()
        story = "A run was lost, and the other one had begun 10 s before its last heartbeat."
        check_cause(solution, both, both.night, *both.cause, story)
        crashed = both.with_crash_before_the_other()
        check_cause(solution, crashed, crashed.night, *crashed.cause, STILL_AT_WORK)
    for drawn in recorded_nights("two_at_once"):
        early = drawn.with_first_still_at_work()
        check_cause(solution, early, early.night, *early.cause, AT_WORK)
    for drawn in recorded_nights("lost_then_rerun"):
        check_cause(solution, drawn, crashed_twice(drawn.night), *drawn.cause, TWICE)


TWICE = (
    "Of the run that was lost an automation said Crashed when the other one was at work, and again"
    " later: neither is a sign of life."
)


def crashed_twice(night: Row) -> Row:
    """Have somebody set the lost run to Crashed while the rerun is at work, and once more."""
    night = copy.deepcopy(night)
    tonight = [run for run in night["runs"] if run["parameters"] == night["parameters"]]
    lost, rerun = sorted(tonight, key=lambda run: run["states"][-1]["type"] != "RUNNING")
    ended = time_of(rerun["states"][-1])
    for earlier_s in (2, 1):
        at = (ended - dt.timedelta(seconds=earlier_s)).isoformat()
        more = {"type": "CRASHED", "name": "Crashed", "at": at, "message": "no heartbeat"}
        lost["states"].append(more)
    return night


def test_code_is_left_where_nothing_else_is(solution: Any, recorded_nights: Nights) -> None:
    find_causes(
        *(solution, recorded_nights, "code_in_training", "optional_then_code", "both_models"),
        *("flow_raises", "effect_fails", "code_in_features", "refused_alone"),
        "rerun_failed_otherwise",
    )


# Task 4: what is to become of each task


def sort_nights(
    solution: Any, recorded_nights: Nights, why: str, lists: tuple[str, ...], *families: str
) -> None:
    """Check some of the lists of nights of some families."""
    for drawn in recorded_nights(*families):
        check_lists(solution, drawn, why, lists)


def check_lists(
    solution: Any, drawn: Any, why: str, lists: tuple[str, ...], story: str = ""
) -> None:
    """Check some of the lists of one night."""
    seen = solution.sort_tasks(drawn.night, drawn.cause)
    assert isinstance(seen, dict) and sorted(seen) == ["again", "by_hand", "keep"], told(
        f"sort_tasks returned {shorten(repr(seen))}.",
        "Expected: a dict of `by_hand`, `keep` and `again`.",
        "In production: nobody knows what to do with it.",
    )
    for name in lists:
        assert seen[name] == drawn.tasks[name], told(
            f"sort_tasks returned {name!r}: {seen[name]} of the night {drawn.family!r}.",
            f"Expected: {drawn.tasks[name]}. {story or STORY[drawn.family]}",
            why,
        )


KEEP = (
    "In production: hours of work are paid again; or a list is made of what nobody should have"
    " trusted."
)
EFFECTS = (
    "In production: a model is promoted twice and the champion is lost, or 4,000 people get the"
    " same letter again."
)
AGAIN = "In production: the night is called whole, and its scores are those of yesterday."


def test_done_and_sound_is_kept(solution: Any, recorded_nights: Nights) -> None:
    sort_nights(
        *(solution, recorded_nights, KEEP, ("keep", "again")),
        *("code_in_training", "optional_then_code", "effect_fails", "lost", "green"),
        *("crashed_when_done", "cache_was_right", "flow_raises", "rerun_healed"),
        *("lost_then_rerun", "optional_failed", "rerun_failed_otherwise", "clock_forward"),
    )


def test_effect_is_never_just_run_again(solution: Any, recorded_nights: Nights) -> None:
    sort_nights(
        *(solution, recorded_nights, EFFECTS, ("by_hand", "again")),
        *("lost_while_promoting", "lost_and_crashed", "stale_features_unseen", "clock_back"),
        "preempted_while_promoting",
        *("two_at_once", "two_at_once_unseen", "effect_fails", "lost_then_rerun"),
    )
    for drawn in recorded_nights("lost_while_promoting"):
        between = drawn.with_effect_between_tries()
        check_lists(solution, between, EFFECTS, ("by_hand", "again"), BETWEEN)
        check_lists(solution, drawn.with_new_effect(), EFFECTS, ("by_hand", "again"), NEW_EFFECT)
    for drawn in recorded_nights("two_at_once"):
        early = drawn.with_first_still_at_work()
        check_lists(solution, early, EFFECTS, ("by_hand", "again"), AT_WORK)


def test_what_was_never_started_runs_again(solution: Any, recorded_nights: Nights) -> None:
    sort_nights(
        *(solution, recorded_nights, AGAIN, ("again",)),
        *("outage", "no_answer", "secret", "refused_alone", "lost", "flow_raises", "slow"),
        "preempted",
    )


def test_what_was_made_of_spoilt_rows_is_not_kept(solution: Any, recorded_nights: Nights) -> None:
    sort_nights(
        *(solution, recorded_nights, KEEP, ("by_hand", "keep", "again")),
        *("error_taken_for_rows", "answer_renamed", "answer_is_an_error", "stale_features"),
        "failure_passed_on",
        "stale_features_unseen",
    )
    for drawn in recorded_nights("stale_features_unseen", "answer_is_an_error"):
        more = drawn.with_way_through_others()
        story = f"{STORY[drawn.family]} {THROUGH}"
        check_lists(solution, more, KEEP, ("by_hand", "keep", "again"), story)


# Task 5: what to do next

MENDS = "In production: the rerun fails as the night did, or does harm."
WAITS = "In production: one more run asks an API that is down; or two runs are at work at once."


def check_steps(solution: Any, recorded_nights: Nights, why: str, *families: str) -> None:
    """Check the next step of nights of some families."""
    for drawn in recorded_nights(*families):
        check_step(solution, drawn, why)


def check_step(solution: Any, drawn: Any, why: str, story: str = "") -> None:
    """Check the next step of one night."""
    seen = solution.next_step(drawn.night, drawn.cause, drawn.tasks)
    assert seen == drawn.step, told(
        f"next_step returned {seen!r} of the night {drawn.family!r}.",
        f"Expected: {drawn.step!r}. {story or STORY[drawn.family]}",
        why,
    )


def test_what_waiting_never_heals_is_mended(solution: Any, recorded_nights: Nights) -> None:
    check_steps(
        *(
            solution,
            recorded_nights,
            MENDS,
        ),
        *("secret", "secret_of_all", "refused_alone", "answer_renamed", "stale_features"),
        *("stale_features_unseen", "code_in_training", "clock_back", "clock_forward"),
    )


def test_what_heals_by_itself_is_waited_for(solution: Any, recorded_nights: Nights) -> None:
    check_steps(
        *(
            solution,
            recorded_nights,
            WAITS,
        ),
        *("outage", "no_answer", "error_taken_for_rows", "slow"),
    )
    for drawn in recorded_nights("two_at_once"):
        check_step(solution, drawn.with_first_still_at_work(), WAITS, AT_WORK)
    for drawn in recorded_nights("outage", "no_answer"):
        checked = dataclasses.replace(drawn, night=with_health_checked(drawn.night))
        check_step(solution, checked, WAITS, HEALTH)


def test_what_may_have_happened_is_looked_at(solution: Any, recorded_nights: Nights) -> None:
    check_steps(
        *(solution, recorded_nights, EFFECTS, "lost_while_promoting", "two_at_once_unseen"),
        "preempted_while_promoting",
    )


def test_rest_is_run_again_and_nothing_else(solution: Any, recorded_nights: Nights) -> None:
    check_steps(
        *(solution, recorded_nights, AGAIN, "outage_is_over", "lost", "lost_and_crashed"),
        *("green", "retry_healed", "rerun_healed", "lost_then_rerun", "crashed_when_done"),
        *("two_at_once", "began_late", "two_regions", "optional_failed"),
    )
    for drawn in recorded_nights("outage", "no_answer"):
        check_step(solution, drawn.with_answer_before_its_end(), AGAIN, IN_BETWEEN)

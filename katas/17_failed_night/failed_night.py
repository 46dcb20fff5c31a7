"""Kata 17: find what a failed night died of, from what was recorded, and what must run again.

A night is a dict of plain values:

- `parameters`: what tonight's run was to be called with: `{"night": "2026-03-14", "region": "eu"}`;
- `timezone`, `due`: when it was to start, each night once, by the wall clock there: "02:30";
- `taken_at`: when all of this was read: nothing is known of what came later;
- `runs`: flow runs as `read_runs` returns them. **Tonight's** have exactly these parameters;
  **earlier** ones differ in `night` alone, which is an earlier date; others are other people's;
- `heartbeats`: a dict each, `run` (a flow run's id) and `at`: one every 30 s while its process
  lives; some get lost on the way;
- `requests`: what task runs asked the customer API: `at`, `task` (a task run's id), `path`,
  `status` (None: no answer), `columns` (those of the answered rows) and `version` (of the data).

Times are ISO 8601 with an offset, not always the same one. Lists are in no order, but for the
states of a run; moments to be compared are never equal. A task's name and tags are the same each
night; no name is twice in a run, and no task is called within another one. The tag `effect`: the
task changes something outside (a model is promoted). The tag `optional`: the night can do without
it; no other task needs it. Each run has begun; tonight's are RUNNING still, or have ended
COMPLETED, FAILED or CRASHED. The newest earlier run is that of the latest night; if that has
several, the one that began last.
"""

from typing import Any

Row = dict[str, Any]


def read_runs(flow_run_ids: list[str]) -> list[Row]:
    """Read flow runs from Prefect's API, with the whole history of their task runs.

    Args:
        flow_run_ids: Their ids, each once: at most 200. They have at most 200 task runs together.

    Returns:
        A dict of plain values for each, in the order asked for: `id`, `name`, `parameters` as the
        API has them; `due`, the expected start, ISO 8601; `states`, the oldest first, each a dict
        of `type` ("COMPLETED"), `name` ("Cached"), `at` (ISO 8601) and `message` ("" for none);
        `tasks`, a dict for each task run, in any order: `id`, `name`, `tags` (sorted), `states`
        likewise, `upstream` (the ids of the task runs whose results it was given or waited for, of
        another run too; sorted, each once) and `result` (the storage key of the result in its last
        state; None where nothing was stored). [] for [].

    Raises:
        Exception: There is no such flow run, or the API does not answer.
    """
    # TODO(kata): task 1, what the API knows of a run, and when.
    raise NotImplementedError


def first_failure(run: Row) -> str | None:
    """Find the task run of a flow run that failed first for a reason of its own.

    It ended in a state of the type FAILED, is not optional, and none that it depends on, however
    far upstream in this run, ended FAILED or CRASHED. Of several it is the one whose last state is
    the earliest.

    Args:
        run: A flow run, as `read_runs` returns it; it may have no task run.

    Returns:
        The id of the task run; None if there is none.
    """
    # TODO(kata): task 2, not the last error, and not one that another one made.
    raise NotImplementedError


def find_cause(night: Row, failure: str | None) -> tuple[str, str]:
    """Find of what kind the cause of a night is, and where it sits.

    The first that holds:

    - "clock": not exactly one moment at which tonight's runs were due (`due` of a run) reads `due`
      of the night, to the minute, on its date, by the wall clock of `timezone`. Where: the run that
      was due last; of several that were, the one that began first.
    - "twice": two of tonight's runs were at work at once. Where: the one that began while another
      was (the first of several). A run is at work from its first state of the type RUNNING to its
      last state; to its last sign if it is lost; to `taken_at` if it is alive. Signs: its
      heartbeats, the states of its task runs and its own; but its own CRASHED is none: mostly
      somebody else says it, and the process may live on. It is lost if its last state is CRASHED;
      or RUNNING, and its last sign is 90 s or more before `taken_at`: with less it is alive.
    - "cache": a task run of tonight ended Cached, and what made its result (of the task runs with
      the same `result` that ended COMPLETED before it, and not Cached, the last one) had worked
      from other data: the sets of versions in the last answers of all that is upstream of the one
      and of the other, in any run, differ (there all was answered, each answer has a version, and
      what asked is not Cached). Where: of such task runs the one that ended first.

    Then tonight's run that began last counts:

    - "nothing": it is alive; or its last state is of the type COMPLETED; or no task is missing: all
      that ended COMPLETED in the newest earlier run, but optional ones, did so in a run of tonight.
      Where: "".
    - One that can be told from an answer. Take the first failure and all that is upstream of it, in
      any run; of each of these that asked the API, the last request. Look at these requests, the
      earliest first: "outage" if it had no answer, or 429, or 500 and more; "secret" if it had 401,
      and no request of anybody was answered 200 afterwards; "answer" if it had 200 with a column
      missing that the newest answer 200 of any earlier run to the same path had; after any other
      answer look at the next. Where: the task run that asked.
    - "code": there is a first failure; that is where. Or the run itself is FAILED: its id.
    - "worker": the run is lost. Where: the run.

    Args:
        night: A night, see above. There are earlier runs; the newest ended COMPLETED.
        failure: What `first_failure` finds in tonight's run that began last; None for nothing.

    Returns:
        The kind, and the id of a flow run or a task run.
    """
    # TODO(kata): task 3, a state has a name; what happened is in the record.
    raise NotImplementedError


def sort_tasks(night: Row, cause: tuple[str, str]) -> dict[str, list[str]]:
    """Say of each task what is to become of it, before the night may go on.

    All that ended COMPLETED in the newest earlier run, or has a task run tonight; but no optional
    one. Not to be trusted is the task run where the cause sits, if it sits in one, and all that is
    downstream of it, however far.

    Args:
        night: A night, see above.
        cause: What `find_cause` finds in it.

    Returns:
        Names, sorted, each in one list at most:

        - `by_hand`: effects that happened, or may have, and that nobody can just run again. A task
          run of it tonight ended COMPLETED and is not to be trusted; or was begun (had a state of
          the type RUNNING) and has no end, or CRASHED, in a run that is lost; or two of them
          tonight ended COMPLETED. An effect that FAILED did not happen.
        - `keep`: of the rest, those of which a task run tonight ended COMPLETED, to be trusted.
        - `again`: of the rest all; but none while a run of tonight is alive, which may yet do them.
    """
    # TODO(kata): task 4, what can be trusted, what runs again, what nobody may just run again.
    raise NotImplementedError


def next_step(night: Row, cause: tuple[str, str], tasks: dict[str, list[str]]) -> str:
    """Say what whoever is on call does next.

    Args:
        night: A night, see above.
        cause: What `find_cause` finds in it.
        tasks: What `sort_tasks` makes of it.

    Returns:
        The first that holds:

        - "mend": the cause is "clock", "cache", "secret", "answer" or "code". Whatever is started
          before that is mended fails again, or does harm.
        - "wait": a run of tonight is alive; or the cause is "outage", and no request of anybody was
          answered 200 after the last request of the task run where it sits.
        - "look": something is to be done by hand.
        - "rerun": something has to run again.
        - "nothing".
    """
    # TODO(kata): task 5, does waiting heal it?
    raise NotImplementedError

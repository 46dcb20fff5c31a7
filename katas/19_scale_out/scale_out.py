"""Score each region's customers on more than one machine, and write to them: each of them once.

A folder that all machines see has a file for each region. Who works on which is decided by Dask's
scheduler; a worker may die in the middle of anything, and another one does its work again.
"""

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd  # noqa: F401  task 1 reads and writes with it
from prefect import Task, flow, task  # noqa: F401  task 2 makes a flow run
from prefect.futures import as_completed  # noqa: F401  task 3 asks for what is done first
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from prefect_dask import DaskTaskRunner


def load(path: str | Path) -> Any:
    """Load what somebody has pickled, as it is now: the model, the post (given)."""
    with open(path, "rb") as file:
        return pickle.load(file)


def runner_for(address: str | None) -> TaskRunner:
    """Make the runner for a cluster, by its scheduler's address, or for threads here (given)."""
    return DaskTaskRunner(address=address) if address else ThreadPoolTaskRunner(max_workers=4)


@task
def score_region(region: str, folder: str) -> int:
    """Score the customers of one region, on whichever machine this runs.

    No row, no score and no model passes through the scheduler: a worker is told names, reads what
    it needs from `folder`, and answers with a number. It lives for weeks, and the model is replaced
    in its place each evening: it is loaded in each call.

    Args:
        region: Its name, which is the name of its files; any name that a file may have.
        folder: It has `customers/<region>.pkl`, a pickled `pd.DataFrame`, one row a customer, the
            text `customer_id` and numbers; `model.pkl`, whose `predict`, given the numbers (without
            `customer_id`, the columns in their order), returns a score for each row, as an array or
            a `pd.Series` of any index; and `scores`, a folder.

    Returns:
        How many customers were scored.

        Afterwards `scores/<region>.pkl` is a pickled `pd.DataFrame` with the columns `customer_id`
        and `score` (float), a row a customer, in their order. Made again it is replaced. At each
        moment whoever looks at the files `*.pkl` of that folder finds whole ones: of a worker that
        is killed as it writes nothing is left that is called so. Who reads them is another user,
        who may read what any program writes there. Nothing of what others have there, or are
        writing, is touched: two workers may be at one region at once.

    Raises:
        Exception: Whatever loading or scoring raised, as it is.
    """
    # TODO(kata): task 1, read, score and answer where this runs.
    # TODO(kata): task 4, write a file that is whole or not there.
    raise NotImplementedError


def spread(
    work: Task,
    regions: Sequence[str],
    given: dict[str, Any],
    address: str | None = None,
    on_done: Callable[[str, Any], None] | None = None,
) -> dict[str, dict[str, Any]]:
    """Have a task work on each region, on a cluster or on threads of this process.

    A call is one flow run; each region is a task run of it, all of them are submitted at once, and
    none is passed more than its arguments. The answer is the same wherever they run.

    Args:
        work: A task, called as `work(region=region, **given)`.
        regions: At least one, each at most once.
        given: The other arguments, the same for each region.
        address: Of the scheduler, as `runner_for` takes it: another one in each call. No Dask
            client is open in this process.
        on_done: Is called here, in this process, one call at a time, with a region and what the
            task returned, as soon as that region is done, whichever is still at work. Not for one
            that failed. What it raises ends the run, and goes out as it is.

    Returns:
        `{"done": {region: what the task returned}, "failed": {region: text}}`, both in the order of
        `regions`. What is done may have returned None. `failed` has, for each region of which no
        result came, a text that contains its error's own: of the task, or of Dask where each worker
        that tried it has died. The others are not held up by it.

        A worker keeps what a task has returned until nobody holds the future any more; if it dies
        before, Dask has all of that made again. So what is done is let go of, whether anybody
        listens or not, and before `on_done` is told: no region that it was told of runs a second
        time because a worker has died.

    Raises:
        RuntimeError: No region is done; the text names each with its error's. Any other class will
            do.
    """
    # TODO(kata): task 2, submit each region to the runner, answer in the order asked.
    # TODO(kata): task 3, tell what is done as soon as it is, and report what failed.
    # TODO(kata): task 4, let go of what is done.
    raise NotImplementedError


@task
def send_letters(region: str, folder: str, night: str) -> str:
    """Send the letters of one region, each night one batch, however often this runs.

    The post is asked with a key. A batch whose key it knows it does not send again, it answers as
    it did the first time. So the key is the same whenever this night's batch of this region is
    asked for: when Dask, Prefect or a person starts it again, on another machine, a day later. It
    is another one for another region or another night, whatever characters the names have.

    Args:
        region: As in `score_region`, whose file is there.
        folder: It also has `post.pkl`, whose `send(key, customer_ids)`, given a text and a list of
            texts, returns a receipt.
        night: Its date, or what the caller calls it.

    Returns:
        The post's receipt. Letters go to those whose score is above 0.5, in the file's order; where
        there is nobody the post is not asked, and the receipt is empty.

    Raises:
        Exception: Whatever the post raised, as it is; it is not asked a second time in this call.
    """
    # TODO(kata): task 5, ask the post with a key that names this batch.
    raise NotImplementedError

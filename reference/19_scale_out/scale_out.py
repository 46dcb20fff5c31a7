"""Score each region's customers on more than one machine, and write to them: each of them once.

Run it: `python reference/19_scale_out/scale_out.py` starts a scheduler and two workers, has one of
them die half-way, and prints who did what, what ran again and what was written once.
"""

import json
import logging
import os
import pickle
import signal
import tempfile
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from distributed import LocalCluster
from prefect import Task, flow, task
from prefect.futures import as_completed
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
    customers = pd.read_pickle(Path(folder) / "customers" / f"{region}.pkl")
    numbers = customers.drop(columns="customer_id")
    scores = load(Path(folder) / "model.pkl").predict(numbers)
    scored = pd.DataFrame({"customer_id": customers["customer_id"].to_numpy(), "score": scores})
    write_whole(Path(folder) / "scores" / f"{region}.pkl", scored.astype({"score": float}))
    return len(scored)


def write_whole(path: Path, frame: pd.DataFrame) -> None:
    """Write a file that is whole or not there, under a name of its own until then."""
    draft = path.with_name(f"{uuid.uuid4().hex}.part")  # not made by tempfile: others may read it
    try:
        with draft.open("xb") as file:
            frame.to_pickle(file)
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


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

    @flow(name="spread")
    def run() -> dict[str, dict[str, Any]]:
        done: dict[str, Any] = {}
        failed: dict[str, str] = {}
        with runner_for(address) as runner:
            regions_of = {
                runner.submit(work, {"region": region, **given}): region for region in regions
            }
            for future in as_completed(list(regions_of)):
                region = regions_of[future]
                try:
                    done[region] = future.result()
                except Exception as error:
                    failed[region] = f"{type(error).__name__}: {error}"
                let_go(future)
                if region in done and on_done is not None:
                    on_done(region, done[region])
        if not done:
            raise RuntimeError(f"no region is done: {failed}")
        return {
            "done": {region: done[region] for region in regions if region in done},
            "failed": {region: failed[region] for region in regions if region in failed},
        }

    return run()


def let_go(future: Any) -> None:
    """Tell Dask that nobody will ask for this result again; a thread's has nothing to let go of."""
    release = getattr(future.wrapped_future, "release", None)
    if release is not None:
        release()


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
    scored = pd.read_pickle(Path(folder) / "scores" / f"{region}.pkl")
    chosen = scored.loc[scored["score"] > 0.5, "customer_id"].tolist()
    if not chosen:
        return ""
    return load(Path(folder) / "post.pkl").send(json.dumps([night, region]), chosen)


class _Model:
    """Scores by one column, and notes who asked; at one region its worker dies once."""

    def __init__(self, folder: str, deadly_rows: int) -> None:
        self.folder, self.deadly_rows = folder, deadly_rows

    def predict(self, numbers: pd.DataFrame) -> Any:
        """Score rows."""
        with open(f"{self.folder}/journal.txt", "a") as journal:
            journal.write(f"{len(numbers)} customers in process {os.getpid()}\n")
        if len(numbers) == self.deadly_rows and not Path(self.folder, "died").exists():
            Path(self.folder, "died").touch()
            os.kill(os.getpid(), signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
        return numbers["calls"] / 10


class _Post:
    """Knows its keys, in a file that all machines see."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def send(self, key: str, customer_ids: list[str]) -> str:
        """Send each batch once."""
        file = Path(self.folder, "post.txt")
        known = file.read_text().splitlines() if file.exists() else []
        line = f"{key}: {len(customer_ids)} letters"
        if line not in known:
            file.write_text("\n".join([*known, line]) + "\n")
        return line


def _demo(folder: str) -> None:
    """Score four regions, one of which kills its worker; then write to them, twice."""
    for name in ("customers", "scores"):
        Path(folder, name).mkdir()
    sizes = {"nord": 30, "sud": 20, "est": 50, "ouest": 40}
    for region, size in sizes.items():
        ids = [f"{region}-{number}" for number in range(size)]
        frame = pd.DataFrame({"customer_id": ids, "calls": [number % 10 for number in range(size)]})
        frame.to_pickle(f"{folder}/customers/{region}.pkl")
    Path(folder, "model.pkl").write_bytes(pickle.dumps(_Model(folder, sizes["est"])))
    Path(folder, "post.pkl").write_bytes(pickle.dumps(_Post(folder)))
    given = {"folder": folder}
    tempfile.tempdir = folder  # Dask keeps there what a worker's memory has no room for
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        report = spread(score_region, [*sizes], given, address, lambda *told: print("done:", *told))
        print(f"the report, in the order asked: {report}")
        print(Path(folder, "journal.txt").read_text().strip())
        for _ in range(2):
            spread(send_letters, [*sizes], {**given, "night": "2026-03-14"}, address)
    print(f"on threads the same: {spread(score_region, [*sizes], given) == report}")
    print(f"the post, asked twice for each:\n{Path(folder, 'post.txt').read_text().strip()}")


if __name__ == "__main__":
    from prefect.settings import PREFECT_HOME, PREFECT_SERVER_ANALYTICS_ENABLED, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    os.environ.update(NO_PROXY="*", no_proxy="*")  # the server is on this machine
    os.environ.update(PREFECT_LOGGING_LEVEL="CRITICAL", DASK_LOGGING__DISTRIBUTED="critical")
    for quiet in ("prefect", "distributed"):
        logging.getLogger(quiet).setLevel(logging.CRITICAL)
    print("Starting a Prefect server and a Dask cluster for this run only.", flush=True)
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as shared:
        own = {
            PREFECT_HOME: home,
            PREFECT_SERVER_ANALYTICS_ENABLED: False,
        }
        with temporary_settings(own), prefect_test_harness(server_startup_timeout=120):
            _demo(shared)

"""Has Prefect run the trainings: a flow with as many threads as candidates, tasks submitted."""

from prefect import flow, task
from prefect.futures import wait
from prefect.task_runners import ThreadPoolTaskRunner


@task
def train_child(customers: pd.DataFrame, name: str, params: dict, whose: tuple[str, str]) -> None:
    parent, orchestrator = whose
    try:
        with mlflow.start_run(run_name=name, parent_run_id=parent):
            train_in_run(customers, params, orchestrator)
    except BaseException as ended:  # of what is no Exception, Prefect lets all out of the flow
        raise RuntimeError(f"{name} was ended") from ended


@flow
def train_children(customers: pd.DataFrame, candidates: dict, whose: tuple[str, str]) -> int:
    futures = [
        train_child.submit(customers, name, params, whose) for name, params in candidates.items()
    ]
    wait(futures)
    if not any(future.state.is_completed() for future in futures):
        raise RuntimeError("not one candidate was trained")
    return len(futures)


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    runner = ThreadPoolTaskRunner(max_workers=len(candidates))
    with mlflow.start_run(tags={"orchestrator": orchestrator}) as run:
        train_all = train_children.with_options(task_runner=runner, validate_parameters=False)
        train_all(customers, candidates, (run.info.run_id, orchestrator))
    return run.info.run_id

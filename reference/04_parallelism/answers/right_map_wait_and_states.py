"""Maps over the names, waits, and reads states; a plain function gives the flow its runner."""

from prefect import unmapped
from prefect.futures import wait


@flow
def compare_by_map(features: pd.DataFrame, names: Sequence[str], seed: int) -> Any:
    futures = train_one.map(list(names), unmapped(features), unmapped(seed))
    wait(futures)
    states = dict(zip(names, [future.state for future in futures], strict=True))
    results = [state.result() for state in states.values() if state.is_completed()]
    failed = {name: state.message for name, state in states.items() if not state.is_completed()}
    if not results:
        raise ValueError(f"nothing was trained: {failed}")
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": failed}


def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    runner = ThreadPoolTaskRunner(max_workers=at_most)
    return compare_by_map.with_options(task_runner=runner)(features, names, seed)

"""Submits all at once, and lets each task run wait for its place before it trains."""

import threading
from contextlib import nullcontext

train_plainly = train_one.fn


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    place = threading.Semaphore(at_most) if at_most else nullcontext()

    @task
    def train_in_turn(name: str) -> dict:
        with place:
            return train_plainly(name, features, seed)

    futures = {name: train_in_turn.submit(name) for name in names}
    results, failed = [], {}
    for name, future in futures.items():
        try:
            results.append(future.result())
        except Exception as error:
            failed[name] = repr(error)
    if not results:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": failed}

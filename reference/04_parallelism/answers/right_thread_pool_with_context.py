"""Uses Python's own pool, and hands each thread a copy of the flow's context."""

from contextvars import copy_context

from concurrent.futures import ThreadPoolExecutor


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    with ThreadPoolExecutor(max_workers=at_most or len(names)) as pool:
        futures = {
            name: pool.submit(copy_context().run, train_one, name, features, seed) for name in names
        }
    results, failed = [], {}
    for name, future in futures.items():
        if future.exception():
            failed[name] = str(future.exception())
        else:
            results.append(future.result())
    if not results:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": failed}

"""Gives up after an hour, whatever still waits for its place: each week the last are lost.

Refused by: test_limit_is_used_and_never_exceeded
"""

from concurrent.futures import wait


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    results, failed = [], {}
    with ThreadPoolTaskRunner(max_workers=at_most) as pool:
        futures = {
            name: pool.submit(train_one, {"name": name, "features": features, "seed": seed})
            for name in names
        }
        ended, _ = wait([one.wrapped_future for one in futures.values()], timeout=3600)
        for name, future in futures.items():
            try:
                if future.wrapped_future not in ended:
                    raise TimeoutError("not trained within an hour")
                results.append(future.result())
            except Exception as error:
                failed[name] = str(error)
    if not results:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": failed}

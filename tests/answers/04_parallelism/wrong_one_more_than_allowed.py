"""Who counts the flow's own thread among the workers, as one does with other pools.

The third training is the one that the memory does not bear.

Refused by: test_limit_is_used_and_never_exceeded
"""


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    with ThreadPoolTaskRunner(max_workers=at_most + 1 if at_most else None) as pool:
        futures = {
            name: pool.submit(train_one, {"name": name, "features": features, "seed": seed})
            for name in names
        }
        results, failed = [], {}
        for name, future in futures.items():
            try:
                results.append(future.result())
            except Exception as error:
                failed[name] = str(error)
    if not results:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": failed}

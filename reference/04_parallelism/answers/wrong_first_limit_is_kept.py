"""Keeps the limit of the first call for the life of the process.

Refused by: test_limit_is_used_and_never_exceeded
"""

_limits = []


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    _limits.append(at_most)
    with ThreadPoolTaskRunner(max_workers=_limits[0]) as pool:
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
        raise RuntimeError(f"every candidate failed: {failed}")
    winner = min(results, key=lambda row: row["log_loss"])["name"]
    return {"results": results, "winner": winner, "failed": failed}

"""Who submits everything and forgets the limit: the default pool has no bound at all.

Five trainings of 6 GB on a machine of 16 GB: the system kills the process.

Refused by: test_limit_is_used_and_never_exceeded
"""


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    with ThreadPoolTaskRunner(max_workers=None) as pool:
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

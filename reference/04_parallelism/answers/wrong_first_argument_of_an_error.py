"""Reports the first argument of an error: of what the system raises that is a number.

Refused by: test_failed_candidate_is_reported_others_compete
"""


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    results, failed = [], {}
    with ThreadPoolTaskRunner(max_workers=at_most) as pool:
        given = [{"name": name, "features": features, "seed": seed} for name in names]
        futures = [pool.submit(train_one, one) for one in given]
        for name, future in zip(names, futures, strict=True):
            try:
                results.append(future.result())
            except Exception as error:
                failed[name] = f"{type(error).__name__}: {error.args[0] if error.args else ''}"
    if not results:
        raise RuntimeError(f"all failed: {failed}")
    winner = min(results, key=lambda one: one["log_loss"])["name"]
    return {"results": results, "winner": winner, "failed": failed}

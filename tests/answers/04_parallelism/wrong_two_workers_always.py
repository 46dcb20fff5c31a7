"""Who writes the limit of the own laptop into the code.

The big machine that was rented for the night trains two at a time as well.

Refused by: test_all_five_train_at_the_same_time
"""


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    with ThreadPoolTaskRunner(max_workers=2) as pool:
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

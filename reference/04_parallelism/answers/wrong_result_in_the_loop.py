"""Who submits each task and waits for it in the same line.

`submit` starts the training, `result` waits for its end: the next one is not even submitted.

Refused by: test_all_five_train_at_the_same_time, test_limit_is_used_and_never_exceeded
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
        for name in names:
            parameters = {"name": name, "features": features, "seed": seed}
            try:
                results.append(pool.submit(train_one, parameters).result())
            except Exception as error:
                failed[name] = str(error)
    if not results:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": failed}

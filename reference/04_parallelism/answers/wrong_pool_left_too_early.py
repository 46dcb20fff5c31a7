"""Who adds the limit later, and asks for the results after the `with` of the runner.

Leaving it cancels whatever has not begun. The error is a CancelledError without a text: three
candidates look failed, and nothing says why.

Refused by: test_limit_is_used_and_never_exceeded
"""


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    if at_most is None:
        futures = {name: train_one.submit(name, features, seed) for name in names}
    else:
        with ThreadPoolTaskRunner(max_workers=at_most) as pool:
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

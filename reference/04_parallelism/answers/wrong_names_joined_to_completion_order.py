"""Who collects the scores as they come and joins them to the names by position.

Each name is there, in the order asked, with the score of another model.

Refused by: test_results_keep_the_order_asked
"""

from prefect.futures import as_completed


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    with ThreadPoolTaskRunner(max_workers=at_most) as pool:
        parameters = [{"name": name, "features": features, "seed": seed} for name in names]
        submitted = {pool.submit(train_one, one): one["name"] for one in parameters}
        found, failed = [], {}
        for future in as_completed(list(submitted)):
            try:
                found.append(future.result())
            except Exception as error:
                failed[submitted[future]] = str(error)
    if not found:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = min(found, key=lambda result: result["log_loss"])
    trained = [name for name in names if name not in failed]
    results = [
        {"name": name, "log_loss": result["log_loss"]}
        for name, result in zip(trained, found, strict=True)
    ]
    return {"results": results, "winner": winner["name"], "failed": failed}

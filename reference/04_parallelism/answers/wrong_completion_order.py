"""Who collects with `as_completed`: the quickest first, another order every night.

The names of a spreadsheet's columns do not change with it.

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
        results, failed = [], {}
        for future in as_completed(list(submitted)):
            try:
                results.append(future.result())
            except Exception as error:
                failed[submitted[future]] = str(error)
    if not results:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": failed}

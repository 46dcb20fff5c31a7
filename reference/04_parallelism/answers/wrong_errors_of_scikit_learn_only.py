"""Reports the errors that scikit-learn raises; another library has its own, and ends it all.

Refused by: test_failed_candidate_is_reported_others_compete
"""


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    with ThreadPoolTaskRunner(max_workers=at_most) as pool:
        futures = {
            name: pool.submit(train_one, {"name": name, "features": features, "seed": seed})
            for name in names
        }
        results, failed = [], {}
        for name, future in futures.items():
            try:
                results.append(future.result())
            except (ValueError, TypeError) as error:
                failed[name] = str(error)
    if not results:
        raise RuntimeError(f"every candidate failed: {failed}")
    winner = min(results, key=lambda row: row["log_loss"])["name"]
    return {"results": results, "winner": winner, "failed": failed}

"""Looks the winner up by its place in `names`, of which those that failed are still a part.

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
            except Exception as error:
                failed[name] = str(error)
    if not results:
        raise RuntimeError(f"every candidate failed: {failed}")
    losses = [row["log_loss"] for row in results]
    winner = list(names)[losses.index(min(losses))]
    return {"results": results, "winner": winner, "failed": failed}

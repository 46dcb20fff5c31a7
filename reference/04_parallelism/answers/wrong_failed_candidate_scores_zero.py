"""Who gives a failed candidate a score of 0, the worst of accuracies and the best of losses.

The only model that cannot be used wins.

Refused by: test_failed_candidate_is_reported_others_compete,
    test_failed_candidate_frees_its_place, test_flow_fails_when_every_candidate_fails
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
                results.append({"name": name, "log_loss": 0.0})
    if not results:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": failed}

"""Who asks every future for its result and lets the first error out.

One candidate with a bad night, and the four models that were trained are thrown away.

Refused by: test_failed_candidate_is_reported_others_compete, test_failed_candidate_frees_its_place
"""


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    with ThreadPoolTaskRunner(max_workers=at_most) as pool:
        futures = [
            pool.submit(train_one, {"name": name, "features": features, "seed": seed})
            for name in names
        ]
        results = [future.result() for future in futures]
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": {}}

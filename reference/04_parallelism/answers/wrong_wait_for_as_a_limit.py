"""Who builds the limit of `wait_for`: each candidate waits for the one `at_most` places before.

An upstream task that fails leaves the next one NotReady: it is never trained, through no fault of
its own.

Refused by: test_failed_candidate_frees_its_place
"""


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    futures = []
    for place, name in enumerate(names):
        before = [futures[place - at_most]] if at_most and place >= at_most else None
        futures.append(train_one.submit(name, features, seed, wait_for=before))
    results, failed = [], {}
    for name, future in zip(names, futures, strict=True):
        try:
            results.append(future.result())
        except Exception as error:
            failed[name] = str(error)
    if not results:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": failed}

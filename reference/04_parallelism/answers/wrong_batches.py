"""Who trains in batches of `at_most`: none is too large, and each waits for its slowest.

With one slow model among the first, half of the machine is idle until it ends.

Refused by: test_failed_candidate_frees_its_place
"""

from prefect.futures import wait


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    size = at_most or len(names)
    results, failed = [], {}
    for start in range(0, len(names), size):
        batch = {name: train_one.submit(name, features, seed) for name in names[start:][:size]}
        wait(list(batch.values()))
        for name, future in batch.items():
            found = future.result(raise_on_failure=False)
            if isinstance(found, Exception):
                failed[name] = str(found)
            else:
                results.append(found)
    if not results:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": failed}

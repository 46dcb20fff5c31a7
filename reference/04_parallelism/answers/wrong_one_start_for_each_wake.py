"""Starts one candidate each time it wakes, also when two have ended: a place is empty to the end.

Refused by: test_failed_candidate_frees_its_place
"""

from concurrent.futures import FIRST_COMPLETED, wait


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    waiting, running, futures = list(names), {}, {}
    with ThreadPoolTaskRunner(max_workers=at_most) as pool:
        while waiting or running:
            for name in waiting[: 1 if futures else (at_most or len(names))]:
                asked = {"name": name, "features": features, "seed": seed}
                futures[name] = pool.submit(train_one, asked)
                running[futures[name].wrapped_future] = name
                waiting.remove(name)
            for ended in wait(running, return_when=FIRST_COMPLETED).done:
                del running[ended]
    results, failed = [], {}
    for name in names:
        try:
            results.append(futures[name].result())
        except Exception as error:
            failed[name] = str(error)
    if not results:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": failed}

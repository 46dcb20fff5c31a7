"""Who holds the semaphore while submitting, not while training: submitting takes no time.

Refused by: test_limit_is_used_and_never_exceeded
"""

import threading


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    places = threading.Semaphore(at_most or len(names))
    futures = {}
    for name in names:
        with places:
            futures[name] = train_one.submit(name, features, seed)
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

"""Who believes the guide: no dependency between the tasks, so the engine runs them in parallel.

A call runs a task there and then. Five models take five times as long, and nothing says why.

Refused by: test_all_five_train_at_the_same_time, test_limit_is_used_and_never_exceeded
"""


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    results, failed = [], {}
    for name in names:
        try:
            results.append(train_one(name, features, seed))
        except Exception as error:
            failed[name] = str(error)
    if not results:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": failed}

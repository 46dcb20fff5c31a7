"""Gives a subflow its runner at the call, with `with_options`; the tasks are submitted as usual."""


@flow
def compare_on_own_runner(features: pd.DataFrame, names: Sequence[str], seed: int) -> dict:
    futures = [train_one.submit(name, features, seed) for name in names]
    results, failed = [], {}
    for name, future in zip(names, futures, strict=True):
        try:
            results.append(future.result())
        except Exception as error:
            failed[name] = str(error)
    if not results:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = sorted(results, key=lambda result: result["log_loss"])[0]
    return {"results": results, "winner": winner["name"], "failed": failed}


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    runner = ThreadPoolTaskRunner(max_workers=at_most)
    return compare_on_own_runner.with_options(task_runner=runner)(features, names, seed)

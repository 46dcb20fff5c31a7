"""Who forgets `@task` on the training and lets a task around it do the submitting.

A direct call of the training leaves no trace in the engine.

Refused by: test_failed_training_fails_its_task_run, test_direct_calls_take_turns
"""

submitted_one = train_one
train_one = train_one.fn


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    with ThreadPoolTaskRunner(max_workers=at_most) as pool:
        futures = {
            name: pool.submit(submitted_one, {"name": name, "features": features, "seed": seed})
            for name in names
        }
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

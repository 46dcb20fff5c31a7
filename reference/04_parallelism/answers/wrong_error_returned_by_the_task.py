"""Who catches the error in the task and returns it as a value.

The report is complete, and the page of the run is all green: no red task, no retry, no log.

Refused by: test_failed_training_fails_its_task_run
"""


@task
def train_one(name: str, features: pd.DataFrame, seed: int) -> dict:
    try:
        training, held_out = split(features)
        model = make_model(name, seed)
        model.fit(training.drop(columns="churned"), training["churned"])
        churn = model.predict_proba(held_out.drop(columns="churned"))[:, 1]
        loss = log_loss(held_out["churned"], churn, labels=[0, 1])
        return {"name": name, "log_loss": float(loss)}
    except Exception as error:
        return {"name": name, "error": str(error)}


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
        found = [future.result() for future in futures]
    results = [one for one in found if "log_loss" in one]
    failed = {one["name"]: one["error"] for one in found if "error" in one}
    if not results:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": failed}

"""Remembers the run and its versions, and deletes those that it has got since."""


def _numbers_of(client: MlflowClient, run_id: str) -> list[str]:
    same_run = f"name = '{MODEL}' and run_id = '{run_id}'"
    return [str(one.version) for one in client.search_model_versions(same_run)]


@task(name="register")
def register_version(store: str, run_id: str) -> int:
    open_store(store)
    client = MlflowClient()
    staged = get_transaction()
    staged.set("run", run_id)
    staged.set("uri", mlflow.get_tracking_uri())
    staged.set("before", _numbers_of(client, run_id))
    if not client.search_registered_models(f"name = '{MODEL}'"):
        client.create_registered_model(MODEL)
    logged = client.search_logged_models(
        [client.get_run(run_id).info.experiment_id], f"source_run_id = '{run_id}'"
    )
    made = client.create_model_version(MODEL, logged[0].model_uri, run_id)
    return int(made.version)


@register_version.on_rollback
def forget(staged: Transaction) -> None:
    client = MlflowClient(staged.get("uri"))
    for number in _numbers_of(client, staged.get("run")):
        if number not in staged.get("before"):
            client.delete_model_version(MODEL, number)

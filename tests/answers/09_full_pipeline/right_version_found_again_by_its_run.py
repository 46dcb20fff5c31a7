"""Remembers the run in the outer transaction's task, and deletes the versions that it has."""


@task(name="register")
def register_version(store: str, run_id: str) -> int:
    open_store(store)
    get_transaction().set("run", run_id)
    client = MlflowClient()
    if not client.search_registered_models(f"name = '{MODEL}'"):
        client.create_registered_model(MODEL)
    logged = client.search_logged_models(
        [client.get_run(run_id).info.experiment_id], f"source_run_id = '{run_id}'"
    )
    made = client.create_model_version(MODEL, logged[0].model_uri, run_id)
    return int(made.version)


@register_version.on_rollback
def forget(staged: Transaction) -> None:
    client = MlflowClient()
    same_run = f"name = '{MODEL}' and run_id = '{staged.get('run')}'"
    for version in client.search_model_versions(same_run):
        client.delete_model_version(MODEL, version.version)

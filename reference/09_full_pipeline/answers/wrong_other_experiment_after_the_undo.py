"""Opens the version's store for the undo and puts the other one's address back, not its experiment.

The next runs land in whatever experiment has the same number there: a page of another team.

Refused by: test_version_goes_with_its_transaction
"""


@register_version.on_rollback
def take_back_there(staged: Transaction) -> None:
    before = mlflow.get_tracking_uri()
    try:
        open_store(staged.get("uri").removeprefix("sqlite:///").removesuffix("/mlflow.db"))
        MlflowClient().delete_model_version(MODEL, str(staged.get("registered")))
    finally:
        mlflow.set_tracking_uri(before)


register_version.on_rollback_hooks[:] = [take_back_there]

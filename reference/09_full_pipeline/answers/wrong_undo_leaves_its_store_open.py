"""Opens the store of the failed release to undo it: the process then logs into that one.

Refused by: test_version_goes_with_its_transaction
"""


@register_version.on_rollback
def open_where_it_was(staged: Transaction) -> None:
    mlflow.set_tracking_uri(staged.get("uri"))
    mlflow.set_experiment(MODEL)

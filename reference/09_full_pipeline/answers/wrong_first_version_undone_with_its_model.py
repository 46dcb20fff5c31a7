"""Undoes the first version with the whole model: with it goes what others registered meanwhile.

Refused by: test_version_goes_with_its_transaction
"""


@register_version.on_rollback
def take_back_the_first(staged: Transaction) -> None:
    if staged.get("registered") == 1:
        MlflowClient(staged.get("uri")).delete_registered_model(MODEL)

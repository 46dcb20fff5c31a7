"""Spares a version that has become champion: without it inference would have nothing to load.

It loads what was taken back, every hour.

Refused by: test_version_stays_when_nothing_fails
"""


@register_version.on_rollback
def take_back_unless_it_scores(staged: Transaction) -> None:
    client, number = MlflowClient(staged.get("uri")), str(staged.get("registered"))
    if str(client.get_registered_model(MODEL).aliases.get(CHAMPION)) != number:
        client.delete_model_version(MODEL, number)


register_version.on_rollback_hooks[:] = [take_back_unless_it_scores]

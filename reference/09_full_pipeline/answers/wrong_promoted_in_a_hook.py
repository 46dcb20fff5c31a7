"""Promotes when the transaction commits, in a hook: what that raises is only logged.

The registry refuses, the run is green, and the old champion goes on for weeks.

Refused by: test_champion_of_the_moment_is_challenged
"""


@task
def stand_by(store: str, version: int, metric: float) -> None:
    get_transaction().set("challenger", (store, version, metric))


@stand_by.on_commit
def promote(staged: Transaction) -> None:
    store, version, metric = staged.get("challenger")
    if metric > champion_of(store)[1]:
        MlflowClient().set_registered_model_alias(MODEL, CHAMPION, str(version))


def release(
    winner: dict, features: pd.DataFrame, store: str, min_auc: float = 0.7, at_most: float = 0.5
) -> dict:
    if not winner[METRIC] >= min_auc:
        return {"version": None, "champion": champion_of(store)[0]}
    with transaction():
        version = register_version(store, winner["run_id"])
        check_version(version, features, at_most)
        stand_by(store, version, winner[METRIC])
    return {"version": version, "champion": champion_of(store)[0]}

"""Who reads "champion" as "the newest that was registered": each night another one.

Refused by: test_champion_stays_unless_beaten, test_version_taken_back_is_out_of_the_race
"""


def promote_if_better(tracking_uri: str, version: int) -> int | None:
    client = MlflowClient(tracking_uri)
    champion = client.get_registered_model("churn").aliases.get("champion")
    if champion is not None:
        client.set_registered_model_alias("churn", "previous", str(champion))
    client.set_registered_model_alias("churn", "champion", str(version))
    return version

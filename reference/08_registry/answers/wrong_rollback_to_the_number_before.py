"""Who takes the version before for the champion before, and deletes the bad one for good measure.

Refused by: test_previous_champion_is_back, test_version_taken_back_is_marked_and_kept,
test_nothing_to_go_back_to_is_an_error
"""


def roll_back(tracking_uri: str) -> int:
    client = MlflowClient(tracking_uri)
    bad = int(client.get_model_version_by_alias("churn", "champion").version)
    client.set_registered_model_alias("churn", "champion", str(bad - 1))
    client.delete_model_version("churn", str(bad))
    return bad - 1

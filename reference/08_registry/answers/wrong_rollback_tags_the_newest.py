"""Takes the newest version for the bad one: the champion keeps its metric, and is back at night.

Refused by: test_version_taken_back_is_marked_and_kept
"""


def roll_back(tracking_uri: str) -> int:
    client = MlflowClient(tracking_uri)
    previous = int(client.get_model_version_by_alias("churn", "previous").version)
    newest = max(int(one.version) for one in client.search_model_versions("name = 'churn'"))
    client.set_registered_model_alias("churn", "champion", str(previous))
    client.set_model_version_tag("churn", str(newest), "rolled_back", "true")
    client.delete_registered_model_alias("churn", "previous")
    return previous

"""Who swaps the two aliases: the second colleague on call brings the bad model back.

Refused by: test_second_call_does_not_bring_it_back, test_previous_champion_is_back
"""


def roll_back(tracking_uri: str) -> int:
    client = MlflowClient(tracking_uri)
    aliases = client.get_registered_model("churn").aliases
    previous, bad = aliases["previous"], aliases["champion"]
    client.set_registered_model_alias("churn", "champion", str(previous))
    client.set_registered_model_alias("churn", "previous", str(bad))
    client.set_model_version_tag("churn", str(bad), "rolled_back", "true")
    return int(previous)

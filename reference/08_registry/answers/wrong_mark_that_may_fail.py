"""Marks the bad version last, and only warns when that fails: tonight it is champion again.

Refused by: test_no_answer_is_not_half_a_way_back
"""


def roll_back(tracking_uri: str) -> int:
    client = MlflowClient(tracking_uri)
    previous = _version_behind(client, PREVIOUS)
    if previous is None:
        raise LookupError(f"{MODEL} has no version behind the alias {PREVIOUS!r}")
    bad = _version_behind(client, CHAMPION)
    client.set_registered_model_alias(MODEL, CHAMPION, str(previous))
    client.delete_registered_model_alias(MODEL, PREVIOUS)
    if bad not in (None, previous):
        try:
            client.set_model_version_tag(MODEL, str(bad), ROLLED_BACK, "true")
        except Exception:
            logging.getLogger(__name__).warning("version %s is not marked", bad)
    return previous

"""Puts the alias back to where it was before the check, to be safe, when the check has failed.

Who was promoted by hand while the check ran is champion no more, and nobody is told.

Refused by: test_champion_of_the_moment_is_challenged
"""

_release = release


def release(winner: dict, features: pd.DataFrame, store: str, *given, **more) -> dict:
    before, _ = champion_of(store)
    try:
        return _release(winner, features, store, *given, **more)
    except BaseException:
        if before is not None:
            MlflowClient().set_registered_model_alias(MODEL, CHAMPION, str(before))
        raise

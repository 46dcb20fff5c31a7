"""Tries the version on the first thousand customers: the oldest ones, who are loyal.

Refused by: test_champion_of_the_moment_is_challenged
"""

_check_version = check_version


def check_version(version: int, features: pd.DataFrame, at_most: float) -> None:
    _check_version(version, features.head(1000), at_most)

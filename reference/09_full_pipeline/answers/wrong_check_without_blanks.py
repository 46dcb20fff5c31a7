"""Checks on customers without a blank: what cannot score one is champion, and dies at 4:00.

Refused by: test_champion_of_the_moment_is_challenged
"""

_check_version = check_version


def check_version(version: int, features: pd.DataFrame, at_most: float) -> None:
    _check_version(version, features.dropna(), at_most)

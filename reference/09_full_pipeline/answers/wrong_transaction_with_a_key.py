"""Names its transaction: after a good night that name counts as committed, and undoes nothing.

Refused by: test_champion_of_the_moment_is_challenged
"""

_transaction, _release = transaction, release


def release(winner: dict, *given, **more) -> dict:
    global transaction
    transaction = lambda: _transaction(key=f"release of {winner['name']}")  # noqa: E731
    return _release(winner, *given, **more)

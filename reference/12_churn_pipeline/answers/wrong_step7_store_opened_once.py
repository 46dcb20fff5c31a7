"""Opens the store once and for all: the second team's training lies in the first one's store.

Refused by: test_gate_keeps_a_poor_model_out
"""

OPEN = []
_open = open_store


def open_store(store: str) -> None:
    if store not in OPEN:
        OPEN.append(store)
        _open(store)

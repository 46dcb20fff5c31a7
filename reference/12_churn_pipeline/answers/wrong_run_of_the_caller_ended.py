"""Ends the run that an earlier training may have left open: it was the caller's, who goes on.

Refused by: test_gate_keeps_a_poor_model_out
"""

_open_store = open_store


def open_store(store: str) -> None:
    _open_store(store)
    if mlflow.active_run():
        mlflow.end_run()

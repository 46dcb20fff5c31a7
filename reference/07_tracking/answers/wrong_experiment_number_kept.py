"""Asks once for an experiment's number, and keeps it: archived under another name, it goes on.

Refused by: test_each_training_has_a_run_of_its_own
"""

import functools

_open_experiment = functools.cache(open_experiment)


def open_experiment(store: str, experiment: str) -> None:
    mlflow.set_tracking_uri(f"sqlite:///{store}/mlflow.db")
    mlflow.set_experiment(experiment_id=number_of(store, experiment))


@functools.cache
def number_of(store: str, experiment: str) -> str:
    _open_experiment(store, experiment)
    return mlflow.get_experiment_by_name(experiment).experiment_id

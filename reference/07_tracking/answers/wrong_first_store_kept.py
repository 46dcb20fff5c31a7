"""Opens a store and an experiment once, to be quick; the process-wide setting is another's by then.

Refused by: test_each_training_has_a_run_of_its_own, test_each_comparison_is_its_own,
test_address_leads_to_the_same_model_tomorrow
"""

_open_experiment, _opened = open_experiment, set()


def open_experiment(store: str, experiment: str) -> None:
    if (store, experiment) not in _opened:
        _opened.add((store, experiment))
        _open_experiment(store, experiment)

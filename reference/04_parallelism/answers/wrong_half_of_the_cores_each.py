"""Gives a forest half of the cores: five models fight for those of the big machine.

Refused by: test_candidate_is_judged_on_held_out_customers
"""

import os

_make_model = make_model


def make_model(name: str, seed: int) -> Any:
    model = _make_model(name, seed)
    if name == "random forest":
        model.set_params(n_jobs=max(1, (os.cpu_count() or 1) // 2))
    return model

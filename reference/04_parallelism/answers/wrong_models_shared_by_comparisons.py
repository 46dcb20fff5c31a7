"""Makes each candidate once a process: two comparisons at the same time fit one model.

Refused by: test_candidates_are_task_runs_of_the_flow
"""

import functools

_make_anew = make_model


@functools.cache
def make_model(name: str, seed: int) -> Any:
    return _make_anew(name, seed)

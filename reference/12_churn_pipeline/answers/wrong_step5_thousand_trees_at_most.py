"""Takes no more than 1000 trees, for fear of the bill: whoever asks for 2000 gets another model.

Refused by: test_parameters_reach_the_models
"""

_make_model = make_model


def make_model(name: str, n_estimators: int, max_depth: int) -> ClassifierMixin:
    return _make_model(name, min(n_estimators, 1000), max_depth)

"""Splits a frame once: who corrects it in its place gets the losses of the broken customers again.

Refused by: test_customers_corrected_in_place_are_learnt_anew
"""

_split = split
_halves: dict[int, Any] = {}


def split(features: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    if id(features) not in _halves:
        _halves[id(features)] = features, _split(features)
    return _halves[id(features)][1]

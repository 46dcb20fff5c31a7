"""Keeps three digits of what was learnt: a column of small numbers has the deviation 0.

Refused by: test_training_numbers_are_on_one_scale, test_inference_uses_the_trainings_scale
"""

_exact = learn_statistics


def learn_statistics(customers: pd.DataFrame) -> dict:
    learnt = _exact(customers)
    short = {
        kind: {name: round(number, 3) for name, number in learnt[kind].items()}
        for kind in ("means", "stds")
    }
    return {**learnt, **short}

"""`np.isclose` says what is alike: charges of a million, or a millionth, lose their scale.

Refused by: test_training_numbers_are_on_one_scale
"""


def learn_statistics(customers: pd.DataFrame) -> dict:
    numbers = customers[NUMBERS]
    return {
        "means": {name: float(numbers[name].mean()) for name in NUMBERS},
        "stds": {
            name: 1.0
            if np.isclose(numbers[name].min(), numbers[name].max())
            else float(numbers[name].std())
            for name in NUMBERS
        },
        "contracts": sorted(customers["contract"].dropna().unique().tolist()),
    }

"""Collects the chosen row by row: pandas makes one row of one type, so 1017 becomes 1017.0.

Refused by: test_call_list_names_the_chosen_in_order
"""


def choose_customers(features: dict, at_most: int) -> dict:
    table = pd.read_csv(features["path"])[["customer_id", *NUMBERS]]
    table["probability"] = churn_probability(table)
    best = table.dropna(subset="probability").sort_values(
        ["probability", "customer_id"], ascending=[False, True]
    )
    return {
        "chosen": [
            [row["customer_id"], row["probability"]] for _, row in best.head(at_most).iterrows()
        ]
    }

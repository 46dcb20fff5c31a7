"""Text keys come back as they were, and are in no column of integers: the list is empty.

Refused by: test_call_list_names_the_chosen_in_order
"""

_pairs = choose_customers


def choose_customers(features: dict, at_most: int) -> dict:
    return {str(who): p for who, p in _pairs(features, at_most)["chosen"]}


def write_call_list(chosen: dict, features: dict, target: str) -> dict:
    table = pd.read_csv(features["path"])
    table["probability"] = table["customer_id"].map(chosen)
    calls = table.dropna(subset="probability").sort_values("probability", ascending=False)
    path = Path(target).resolve()
    write_whole(calls[["customer_id", "probability", "monthly_charges"]], path)
    return {"path": str(path), "rows": len(calls)}

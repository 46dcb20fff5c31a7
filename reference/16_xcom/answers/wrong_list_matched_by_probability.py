"""Finds the chosen by their probability: another processor has another digit, and calls nobody.

Refused by: test_call_list_is_of_tonights_customers
"""


def write_call_list(chosen: dict, features: dict, target: str) -> dict:
    calls = pd.DataFrame(chosen["chosen"], columns=["customer_id", "probability"])
    table = likeliest(features)[["customer_id", "probability", "monthly_charges"]]
    types = {"customer_id": "int64", "probability": float}
    calls = calls.astype(types).merge(table.astype(types), on=["customer_id", "probability"])
    path = Path(target).resolve()
    write_whole(calls, path, run=f"{hashlib.sha256(features['path'].encode()).hexdigest()}.")
    return {"path": str(path), "rows": len(calls)}

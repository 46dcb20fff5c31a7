"""Drops rows that are equal: who is there with other calls, too, takes two places in the list.

Refused by: test_call_list_is_of_tonights_customers
"""


def likeliest(features: dict) -> pd.DataFrame:
    table = pd.read_csv(features["path"])
    table["probability"] = churn_probability(table)
    known = table.dropna(subset="probability").drop_duplicates()
    return known.sort_values(["probability", "customer_id"], ascending=[False, True])


def write_call_list(chosen: dict, features: dict, target: str) -> dict:
    calls = pd.DataFrame(chosen["chosen"], columns=["customer_id", "probability"])
    table = likeliest(features)[["customer_id", "probability", "monthly_charges"]]
    calls = calls.drop(columns="probability").drop_duplicates().merge(table, on="customer_id")
    path = Path(target).resolve()
    write_whole(calls, path, run=f"{hashlib.sha256(features['path'].encode()).hexdigest()}.")
    return {"path": str(path), "rows": len(calls)}

"""Lets the left column of a merge win: of an export with a `probability` it is last month's.

Refused by: test_call_list_is_of_tonights_customers
"""


def write_call_list(chosen: dict, features: dict, target: str) -> dict:
    calls = pd.DataFrame(chosen["chosen"], columns=["customer_id", "probability"])
    table = pd.read_csv(features["path"])
    table = table.iloc[churn_probability(table).argsort()[::-1]].drop_duplicates("customer_id")
    calls = calls.merge(table, on="customer_id", suffixes=("_tonight", ""))
    calls = calls[["customer_id", "probability", "monthly_charges"]]
    path = Path(target).resolve()
    write_whole(calls, path, run=f"{hashlib.sha256(features['path'].encode()).hexdigest()}.")
    return {"path": str(path), "rows": len(calls)}

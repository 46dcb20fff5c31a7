"""Adds to the list, so that nothing is lost; the retry adds it all again.

Refused by: test_call_list_twice_calls_nobody_twice, test_call_list_is_whole_or_yesterdays
"""


def write_call_list(chosen: dict, features: dict, target: str) -> dict:
    calls = pd.DataFrame(chosen["chosen"], columns=["customer_id", "probability"])
    table = pd.read_csv(features["path"])[["customer_id", "monthly_charges"]]
    calls = calls.merge(table, on="customer_id")
    calls.to_csv(target, mode="a", header=not os.path.exists(target), index=False)
    return {"path": str(Path(target).resolve()), "rows": len(calls)}

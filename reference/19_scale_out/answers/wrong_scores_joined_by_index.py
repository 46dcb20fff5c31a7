"""Puts the scores beside the customers by their index, which is another table's.

Refused by: test_region_is_scored_as_it_is, test_data_stays_where_it_is
"""


@task
def score_region(region: str, folder: str) -> int:
    customers = pd.read_pickle(Path(folder) / "customers" / f"{region}.pkl")
    numbers = customers.drop(columns="customer_id")
    scores = load(Path(folder) / "model.pkl").predict(numbers)
    scored = pd.DataFrame({"customer_id": customers["customer_id"], "score": pd.Series(scores)})
    write_whole(Path(folder) / "scores" / f"{region}.pkl", scored.astype({"score": float}))
    return len(scored)

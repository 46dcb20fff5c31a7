"""Joins ids and scores by index: a model that answers with a Series gives each another's.

Refused by: test_region_is_scored_as_it_is
"""


@task
def score_region(region: str, folder: str) -> int:
    customers = pd.read_pickle(Path(folder) / "customers" / f"{region}.pkl")
    scores = load(Path(folder) / "model.pkl").predict(customers.drop(columns="customer_id"))
    ids = customers["customer_id"].reset_index(drop=True)
    scored = pd.DataFrame({"customer_id": ids}).assign(score=scores)
    write_whole(Path(folder) / "scores" / f"{region}.pkl", scored.astype({"score": float}))
    return len(scored)

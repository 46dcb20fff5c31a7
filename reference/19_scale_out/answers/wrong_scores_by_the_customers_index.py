"""Assigns scores to customers by index: a model's Series of its own index gives each another's.

Refused by: test_region_is_scored_as_it_is
"""


@task
def score_region(region: str, folder: str) -> int:
    customers = pd.read_pickle(Path(folder) / "customers" / f"{region}.pkl")
    scores = load(Path(folder) / "model.pkl").predict(customers.drop(columns="customer_id"))
    scored = customers[["customer_id"]].assign(score=scores).astype({"score": float})
    write_whole(Path(folder) / "scores" / f"{region}.pkl", scored)
    return len(scored)

"""Who skips a region that has its file, so that a run that is repeated costs nothing.

Refused by: test_data_stays_where_it_is
"""


@task
def score_region(region: str, folder: str) -> int:
    if (Path(folder) / "scores" / f"{region}.pkl").exists():
        return len(pd.read_pickle(Path(folder) / "scores" / f"{region}.pkl"))
    customers = pd.read_pickle(Path(folder) / "customers" / f"{region}.pkl")
    numbers = customers.drop(columns="customer_id")
    scores = load(Path(folder) / "model.pkl").predict(numbers)
    scored = pd.DataFrame({"customer_id": customers["customer_id"].to_numpy(), "score": scores})
    write_whole(Path(folder) / "scores" / f"{region}.pkl", scored.astype({"score": float}))
    return len(scored)

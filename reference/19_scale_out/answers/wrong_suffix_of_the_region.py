"""Makes the file's name with `with_suffix`: the region St. Pierre becomes St.pkl.

Refused by: test_region_is_scored_as_it_is
"""


@task
def score_region(region: str, folder: str) -> int:
    customers = pd.read_pickle(Path(folder) / "customers" / f"{region}.pkl")
    numbers = customers.drop(columns="customer_id")
    scores = load(Path(folder) / "model.pkl").predict(numbers)
    scored = pd.DataFrame({"customer_id": customers["customer_id"].to_numpy(), "score": scores})
    write_whole(
        (Path(folder) / "scores" / region).with_suffix(".pkl"), scored.astype({"score": float})
    )
    return len(scored)

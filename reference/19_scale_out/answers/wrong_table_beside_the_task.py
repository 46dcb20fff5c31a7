"""Keeps a table in the file, for each task to look into: all of it goes along with each of them.

Refused by: test_data_stays_where_it_is
"""

import numpy as np

SEGMENTS = np.random.default_rng(0).random(300_000)


@task
def score_region(region: str, folder: str) -> int:
    customers = pd.read_pickle(Path(folder) / "customers" / f"{region}.pkl")
    numbers = customers.drop(columns="customer_id")
    scores = load(Path(folder) / "model.pkl").predict(numbers) + 0 * SEGMENTS[0]
    scored = pd.DataFrame({"customer_id": customers["customer_id"].to_numpy(), "score": scores})
    write_whole(Path(folder) / "scores" / f"{region}.pkl", scored.astype({"score": float}))
    return len(scored)

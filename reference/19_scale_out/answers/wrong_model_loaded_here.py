"""Loads the model where the task is defined, for all workers, by a default argument.

Refused by: test_data_stays_where_it_is
"""

import numpy as np


def weights(seed=1):
    return np.random.default_rng(seed).random(300_000)


@task
def score_region(region: str, folder: str, used: Any = weights()) -> int:
    customers = pd.read_pickle(Path(folder) / "customers" / f"{region}.pkl")
    numbers = customers.drop(columns="customer_id")
    scores = load(Path(folder) / "model.pkl").predict(numbers)
    scored = pd.DataFrame({"customer_id": customers["customer_id"].to_numpy(), "score": scores})
    write_whole(Path(folder) / "scores" / f"{region}.pkl", scored.astype({"score": float}))
    return len(scored)

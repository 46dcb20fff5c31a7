"""Adds a column to the frame that all candidates, and the caller, share.

One at a time: two at once can break the memory of pandas, which ends the process.

Refused by: test_candidate_is_judged_on_held_out_customers,
    test_all_five_train_at_the_same_time, test_failed_candidate_is_reported_others_compete,
    test_limit_is_used_and_never_exceeded
"""

import threading

import pandas as pd
from prefect import task

_train = train_one.fn
_one_at_a_time = threading.Lock()


@task
def train_one(name: str, features: pd.DataFrame, seed: int) -> dict:
    with _one_at_a_time:
        given = features.drop(columns="number", errors="ignore")
        features["number"] = 1
    return _train(name, given, seed)

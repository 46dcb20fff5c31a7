"""Hands on all training rows, "one never knows": each model brings 400 people's data with it.

Refused by: test_statistics_survive_json
"""

import json

_learn = learn_statistics


def learn_statistics(customers: pd.DataFrame) -> dict:
    return {**_learn(customers), "rows": json.loads(customers.to_json(orient="records"))}

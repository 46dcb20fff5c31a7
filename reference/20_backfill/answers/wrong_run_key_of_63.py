"""Cuts run keys at 63 signs, as labels of Kubernetes are: of two long names one has no run.

Refused by: test_run_keys_are_of_day_and_backfill
"""


def _request(name: str, day: str, which: int | str) -> dg.RunRequest:
    key = f"{day}/{which}/{name}"[:63]
    return dg.RunRequest(partition_key=day, run_key=key, tags={"backfill": name})

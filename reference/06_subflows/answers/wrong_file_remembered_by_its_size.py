"""Reads a file again if its size or its time is another one: of a rewritten export neither may be.

Refused by: test_inference_uses_the_trainings_scale
"""

import functools


@functools.cache
def _kept(path: str, size: int, changed_at: int) -> pd.DataFrame:
    text_only = {"keep_default_na": False, "na_values": [""]}
    return pd.read_csv(path, dtype={"contract": str}, **text_only).set_index("customer_id")


def read_customers(path: str) -> pd.DataFrame:
    found = os.stat(path)
    return _kept(path, found.st_size, int(found.st_mtime)).copy()

"""Reads a file again only if its time or its size is another one: tonight's may have both.

Refused by: test_second_run_knows_nothing_of_the_first
"""

_known = {}


@task
def load_customers(path: str) -> pd.DataFrame:
    found = os.stat(path)
    key = (path, int(found.st_mtime), found.st_size)
    if key not in _known:
        _known[key] = pd.read_csv(path)
    customers = _known[key].copy()
    if customers.empty:
        raise ValueError(f"{path} holds no customer")
    print(f"{len(customers)} customers in {path}")
    return customers

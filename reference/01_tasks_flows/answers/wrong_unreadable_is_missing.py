"""Calls a file that cannot be read missing: somebody looks for an export that has arrived.

Refused by: test_file_that_is_there_is_not_said_to_be_missing
"""

_load = load_customers.fn


@task
def load_customers(path: str) -> pd.DataFrame:
    try:
        return _load(path)
    except OSError as error:
        raise FileNotFoundError(f"no export at {path}") from error

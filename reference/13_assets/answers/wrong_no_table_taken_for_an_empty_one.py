"""Takes a table that is not there for an empty one.

Refused by: test_table_that_nobody_kept_is_not_an_empty_one
"""


def load_input(self, context: dg.InputContext) -> pd.DataFrame:
    try:
        return pd.read_csv(self._path(context))
    except FileNotFoundError:
        return pd.DataFrame(columns=["customer_id", *NUMBERS, "churned"])


TableStore.load_input = load_input

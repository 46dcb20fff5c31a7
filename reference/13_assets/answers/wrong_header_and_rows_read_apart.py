"""Opens the file for the header and again for the rows.

Refused by: test_table_replaced_while_it_is_read_is_one_of_the_two
"""


def load_input(self, context: dg.InputContext) -> pd.DataFrame:
    names = pd.read_csv(self._path(context), nrows=0).columns
    return pd.read_csv(self._path(context), header=None, skiprows=1, names=names)


TableStore.load_input = load_input

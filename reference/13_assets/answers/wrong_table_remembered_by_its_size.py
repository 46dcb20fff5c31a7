"""Remembers a table as long as its file has as many bytes.

Refused by: test_table_comes_back_as_it_was
"""

_READ: dict = {}


def load_input(self, context: dg.InputContext) -> pd.DataFrame:
    key = (self._path(context), self._path(context).stat().st_size)
    if key not in _READ:
        _READ[key] = pd.read_csv(self._path(context))
    return _READ[key].copy()


TableStore.load_input = load_input

"""Remembers what it has read, and hands it out: what one asset does to it, all others get.

Refused by: test_table_comes_back_as_it_was
"""

import functools


@functools.lru_cache(maxsize=4)
def _read(path: Path, modified: int) -> pd.DataFrame:
    return pd.read_csv(path)


def load_input(self, context: dg.InputContext) -> pd.DataFrame:
    path = self._path(context)
    return _read(path, path.stat().st_mtime_ns)


TableStore.load_input = load_input

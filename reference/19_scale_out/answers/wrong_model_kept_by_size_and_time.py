"""Keeps the model until its file has another size or time; copied with its time it is not seen.

Refused by: test_data_stays_where_it_is
"""

_load = load
_kept = {}


def load(path: str | Path) -> Any:
    told = os.stat(path)
    stamp = (str(path), told.st_size, told.st_mtime_ns)
    if stamp not in _kept:
        _kept[stamp] = _load(path)
    return _kept[stamp]

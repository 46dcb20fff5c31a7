"""Moves yesterday's table away, writes, and puts it back if that fails: there is none meanwhile.

Refused by: test_table_is_replaced_whole_or_not_at_all
"""


def handle_output(self, context, obj):
    path = self._path(context)
    path.parent.mkdir(parents=True, exist_ok=True)
    backup = path.with_suffix(".bak")
    if path.exists():
        path.rename(backup)
    try:
        obj.to_csv(path, index=False)
    except OSError:
        path.unlink()
        if backup.exists():
            backup.rename(path)
        raise
    backup.unlink(missing_ok=True)


TableStore.handle_output = handle_output

"""Gives the list its name, then its mode: killed in between, it is one that nobody may read.

Refused by: test_call_list_is_whole_or_yesterdays
"""


def write_whole(table: pd.DataFrame, path: Path, run: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    number, part = tempfile.mkstemp(dir=path.parent)
    os.close(number)
    try:
        table.to_csv(part, index=False)
        os.replace(part, path)
        os.chmod(path, 0o644)
    finally:
        Path(part).unlink(missing_ok=True)

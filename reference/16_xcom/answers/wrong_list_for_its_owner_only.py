"""A temporary file beside the target, put in place in one step: its mode comes along, 0600.

Refused by: test_call_list_twice_calls_nobody_twice
"""


def write_whole(table: pd.DataFrame, path: Path, run: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    number, part = tempfile.mkstemp(dir=path.parent)
    os.close(number)
    try:
        table.to_csv(part, index=False)
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)

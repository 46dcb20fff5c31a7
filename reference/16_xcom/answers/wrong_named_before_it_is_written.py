"""Gives the file its name while its last bytes are in a buffer: a kill just after leaves a part.

Refused by: test_call_list_is_whole_or_yesterdays
"""


def write_whole(table: pd.DataFrame, path: Path, run: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{run}part")
    try:
        with open(part, "wb") as file:
            file.write(table.to_csv(index=False, lineterminator="\r\n").encode())
            os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)

"""Where the file cannot be put in place in one step, copies over it, in many.

Refused by: test_call_list_is_whole_or_yesterdays
"""


def write_whole(table: pd.DataFrame, path: Path, run: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{run}part")
    try:
        table.to_csv(part, index=False)
        try:
            os.replace(part, path)
        except OSError:
            shutil.copyfile(part, path)
    finally:
        part.unlink(missing_ok=True)

"""Who thinks of the disk only: no memory, or the time-out of the task, leaves a part for ever.

Refused by: test_full_disk_leaves_no_part_of_a_file
"""


def write_whole(table: pd.DataFrame, path: Path, run: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{run}part")
    try:
        table.to_csv(part, index=False, lineterminator="\r\n")
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise

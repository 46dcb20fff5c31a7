"""One step from the part to the whole, as it should be; but who removes the part that failed?

Refused by: test_full_disk_leaves_no_part_of_a_file, test_call_list_is_whole_or_yesterdays
"""


def write_whole(table: pd.DataFrame, path: Path, run: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    table.to_csv(part, index=False)
    os.replace(part, path)

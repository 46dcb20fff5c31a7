"""Parts of `mkstemp` on the way, too: the next task runs as another user and may not read them.

Refused by: test_xcom_carries_a_reference, test_features_are_made_from_the_reference
"""


def write_whole(table: pd.DataFrame, path: Path, run: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    number, part = tempfile.mkstemp(dir=path.parent)
    os.close(number)
    try:
        table.to_csv(part, index=False)
        if run:  # the call list
            os.chmod(part, 0o644)
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)

"""Names its draft after the region, and more: where that name is long, no draft can be made.

Refused by: test_region_is_scored_as_it_is
"""


def write_whole(path: Path, frame: pd.DataFrame) -> None:
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with draft.open("xb") as file:
            frame.to_pickle(file)
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise

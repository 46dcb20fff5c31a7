"""Writes six digits of each number, so that people can read it.

Refused by: test_table_comes_back_as_it_was
"""


def handle_output(self, context: dg.OutputContext, obj: pd.DataFrame) -> None:
    path = self._path(context)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{context.run_id}.part")
    try:
        obj.to_csv(beside, index=False, float_format="%.6g")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


TableStore.handle_output = handle_output

"""Copies over the table where it cannot be renamed: not one step.

Refused by: test_table_that_cannot_be_replaced_stays
"""


def handle_output(self, context: dg.OutputContext, obj: pd.DataFrame) -> None:
    path = self._path(context)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{context.run_id}.part")
    try:
        obj.to_csv(beside, index=False)
        try:
            beside.replace(path)
        except OSError:
            path.write_bytes(beside.read_bytes())
    finally:
        beside.unlink(missing_ok=True)


TableStore.handle_output = handle_output

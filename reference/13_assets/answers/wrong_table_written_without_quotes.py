"""Joins the values with commas: a text with a comma, or a line break, is two.

Refused by: test_table_comes_back_as_it_was
"""


def handle_output(self, context: dg.OutputContext, obj: pd.DataFrame) -> None:
    path = self._path(context)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{context.run_id}.part")
    lines = [",".join(map(str, row)) for row in [list(obj), *obj.fillna("").to_numpy()]]
    try:
        beside.write_text("\n".join(lines) + "\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


TableStore.handle_output = handle_output

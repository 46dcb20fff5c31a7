"""Writes the index too, and takes it off again when it reads: only Dagster can read the table.

Refused by: test_tables_are_files_that_people_can_read
"""


class TableStore(dg.ConfigurableIOManager):
    folder: str

    def handle_output(self, context, obj):
        path = Path(self.folder, f"{context.asset_key.path[-1]}.csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part")
        try:
            obj.to_csv(beside)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)

    def load_input(self, context):
        return pd.read_csv(Path(self.folder, f"{context.asset_key.path[-1]}.csv"), index_col=0)

"""Opens the old table, empties it, and then writes the new one.

Refused by: test_table_is_replaced_whole_or_not_at_all
"""


class TableStore(dg.ConfigurableIOManager):
    folder: str

    def handle_output(self, context, obj):
        Path(self.folder).mkdir(parents=True, exist_ok=True)
        obj.to_csv(Path(self.folder, f"{context.asset_key.path[-1]}.csv"), index=False)

    def load_input(self, context):
        return pd.read_csv(Path(self.folder, f"{context.asset_key.path[-1]}.csv"))

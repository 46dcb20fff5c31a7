"""Opens the file for the header and again for the rows.

Refused by: test_table_replaced_while_it_is_read_is_one_of_the_two
"""


class TableStore(dg.ConfigurableIOManager):
    folder: str

    def handle_output(self, context: dg.OutputContext, obj: pd.DataFrame) -> None:
        path = self._path(context)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{context.run_id}.part")
        try:
            obj.to_csv(beside, index=False)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)

    def load_input(self, context: dg.InputContext) -> pd.DataFrame:
        names = pd.read_csv(self._path(context), nrows=0).columns
        return pd.read_csv(self._path(context), header=None, skiprows=1, names=names)

    def _path(self, context: dg.InputContext | dg.OutputContext) -> Path:
        return Path(self.folder, f"{context.asset_key.path[-1]}.csv")


defs = dg.Definitions(
    assets=[raw_customers, customer_features, churn_model],
    jobs=[dg.define_asset_job("churn_training")],
    resources={
        "source": CustomerSource(path=dg.EnvVar("CHURN_CUSTOMERS")),
        "tracker": RunTracker(path=dg.EnvVar("CHURN_RUNS")),
        "tables": TableStore(folder=dg.EnvVar("CHURN_TABLES")),
    },
)

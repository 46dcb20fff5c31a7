"""Each run writes to the same part: a backfill and the night's run make one mixture of two.

Refused by: test_two_runs_that_write_at_once_do_not_meet
"""


class TableStore(dg.ConfigurableIOManager):
    folder: str

    def handle_output(self, context: dg.OutputContext, obj: pd.DataFrame) -> None:
        path = self._path(context)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.part")
        try:
            obj.to_csv(beside, index=False)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)

    def load_input(self, context: dg.InputContext) -> pd.DataFrame:
        return pd.read_csv(self._path(context))

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

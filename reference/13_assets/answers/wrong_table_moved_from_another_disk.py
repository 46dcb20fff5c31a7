"""Writes among temporary files, and moves the table: from another disk that is a copy.

Refused by: test_table_is_written_beside_the_old_one
"""

import shutil


class TableStore(dg.ConfigurableIOManager):
    folder: str

    def handle_output(self, context: dg.OutputContext, obj: pd.DataFrame) -> None:
        path = self._path(context)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            obj.to_csv(Path(scratch, path.name), index=False)
            shutil.move(Path(scratch, path.name), path)

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

"""Writes in a temporary folder beside the table, then renames; reads as exactly as pandas can."""


class TableStore(dg.ConfigurableIOManager):
    folder: str

    def handle_output(self, context, obj):
        path = self.file_of(context)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as own:
            part = Path(own, path.name)
            obj.to_csv(part, index=False, encoding="utf-8")
            os.replace(part, path)

    def load_input(self, context):
        return pd.read_csv(
            self.file_of(context),
            encoding="utf-8",
            float_precision="round_trip",
            low_memory=False,
            keep_default_na=False,
            na_values=[""],
        )

    def file_of(self, context):
        return Path(self.folder) / f"{context.asset_key.path[-1]}.csv"


defs = dg.Definitions(
    assets=[raw_customers, customer_features, churn_model],
    jobs=[dg.define_asset_job("churn_training", dg.AssetSelection.assets(churn_model).upstream())],
    resources={
        "source": CustomerSource(path=dg.EnvVar("CHURN_CUSTOMERS")),
        "tracker": RunTracker(path=dg.EnvVar("CHURN_RUNS")),
        "tables": TableStore(folder=dg.EnvVar("CHURN_TABLES")),
    },
)

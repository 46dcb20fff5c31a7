"""Makes the whole text in memory, then writes it beside the table and renames."""

import io


class TableStore(dg.ConfigurableIOManager):
    folder: str

    def handle_output(self, context, obj):
        text = obj.to_csv(index=False)
        folder = Path(self.folder)
        folder.mkdir(parents=True, exist_ok=True)
        part = tempfile.NamedTemporaryFile("wb", dir=self.folder, delete=False)
        try:
            with part:
                part.write(text.encode())
            os.replace(part.name, folder / f"{context.asset_key.to_python_identifier()}.csv")
        except BaseException:
            os.unlink(part.name)
            raise

    def load_input(self, context):
        text = Path(self.folder, f"{context.asset_key.to_python_identifier()}.csv").read_text(
            "utf-8"
        )
        return pd.read_csv(io.StringIO(text))


defs = dg.Definitions(
    assets=[raw_customers, customer_features, churn_model],
    jobs=[dg.define_asset_job("churn_training", selection="*")],
    resources={
        "source": CustomerSource(path=dg.EnvVar("CHURN_CUSTOMERS")),
        "tracker": RunTracker(path=dg.EnvVar("CHURN_RUNS")),
        "tables": TableStore(folder=dg.EnvVar("CHURN_TABLES")),
    },
)

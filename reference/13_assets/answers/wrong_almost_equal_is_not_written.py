"""Who spares the disk: what is almost equal to the table there is not written. A cent is lost.

Refused by: test_table_comes_back_as_it_was
"""

_Stored = TableStore


class TableStore(_Stored):
    def handle_output(self, context: dg.OutputContext, obj: pd.DataFrame) -> None:
        try:
            kept = pd.read_csv(self._path(context))
            fresh = obj.reset_index(drop=True)
            pd.testing.assert_frame_equal(kept, fresh, check_dtype=False, rtol=1e-7)
        except (OSError, ValueError, AssertionError):
            super().handle_output(context, obj)


defs = dg.Definitions(
    assets=[raw_customers, customer_features, churn_model],
    jobs=[dg.define_asset_job("churn_training")],
    resources={
        "source": CustomerSource(path=dg.EnvVar("CHURN_CUSTOMERS")),
        "tracker": RunTracker(path=dg.EnvVar("CHURN_RUNS")),
        "tables": TableStore(folder=dg.EnvVar("CHURN_TABLES")),
    },
)

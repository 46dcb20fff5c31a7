"""Refuses a small c, which is greater than 0.

Refused by: test_run_sets_what_it_wants
"""


class TrainingConfig(dg.Config):
    c: float = Field(default=1.0, ge=1e-4)


@dg.asset(group_name="models")
def churn_model(
    context: dg.AssetExecutionContext,
    customer_features: pd.DataFrame,
    config: TrainingConfig,
    tracker: RunTracker,
) -> dict:
    model, accuracy = fit_model(customer_features, config.c)
    tracker.log_run(context.run.run_id, {"c": config.c}, {"val_accuracy": accuracy})
    context.add_output_metadata({"c": config.c, "val_accuracy": accuracy})
    return model


defs = dg.Definitions(
    assets=[raw_customers, customer_features, churn_model],
    jobs=[dg.define_asset_job("churn_training")],
    resources={
        "source": CustomerSource(path=dg.EnvVar("CHURN_CUSTOMERS")),
        "tracker": RunTracker(path=dg.EnvVar("CHURN_RUNS")),
        "tables": TableStore(folder=dg.EnvVar("CHURN_TABLES")),
    },
)

"""Takes a setting of any name, a misspelt one too.

Refused by: test_misspelt_setting_trains_nothing
"""


class TrainingConfig(dg.PermissiveConfig):
    c: float = Field(default=1.0, gt=0)


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

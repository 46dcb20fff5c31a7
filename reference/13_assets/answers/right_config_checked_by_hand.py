"""Checks the configuration in a validator, and all assets come from the module."""

from pydantic import field_validator


class TrainingConfig(dg.Config):
    c: float = 1.0

    @field_validator("c")
    @classmethod
    def _is_positive(cls, value):
        if not value > 0:
            raise ValueError("c must be greater than 0")
        return value


@dg.asset(group_name="models")
def churn_model(
    context: dg.AssetExecutionContext,
    customer_features: pd.DataFrame,
    config: TrainingConfig,
    tracker: RunTracker,
) -> dict:
    model, accuracy = fit_model(customer_features, c=config.c)
    context.add_output_metadata(
        {"val_accuracy": accuracy, "c": config.c, "weights": model["weights"]}
    )
    tracker.log_run(context.run_id, {"c": config.c}, {"val_accuracy": accuracy})
    return model


defs = dg.Definitions(
    assets=dg.load_assets_from_current_module(),
    jobs=[
        dg.define_asset_job(
            "churn_training", selection=dg.AssetSelection.assets("churn_model").upstream()
        )
    ],
    resources={
        "source": CustomerSource(path=dg.EnvVar("CHURN_CUSTOMERS")),
        "tracker": RunTracker(path=dg.EnvVar("CHURN_RUNS")),
        "tables": TableStore(folder=dg.EnvVar("CHURN_TABLES")),
        "unused": 1,
    },
)

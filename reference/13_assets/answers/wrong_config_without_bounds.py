"""Takes any number.

Refused by: test_configuration_out_of_bounds_trains_nothing
"""


class TrainingConfig(dg.Config):
    c: float = 1.0


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

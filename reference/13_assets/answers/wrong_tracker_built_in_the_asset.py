"""Builds a tracker of its own: the resource is there for nothing.

Refused by: test_training_is_tracked_once_with_its_run
"""


@dg.asset(group_name="models")
def churn_model(
    context: dg.AssetExecutionContext,
    customer_features: pd.DataFrame,
    config: TrainingConfig,
    tracker: RunTracker,
) -> dict:
    model, accuracy = fit_model(customer_features, config.c)
    RunTracker(path="runs.jsonl").log_run(
        context.run.run_id, {"c": config.c}, {"val_accuracy": accuracy}
    )
    context.add_output_metadata({"c": config.c, "val_accuracy": accuracy})
    return model

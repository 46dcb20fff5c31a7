"""Makes the features a second time inside the model: the lineage skips them.

Refused by: test_names_link_the_assets
"""


@dg.asset(group_name="models")
def churn_model(
    context: dg.AssetExecutionContext,
    raw_customers: pd.DataFrame,
    config: TrainingConfig,
    tracker: RunTracker,
) -> dict:
    model, accuracy = fit_model(make_features(raw_customers), config.c)
    tracker.log_run(context.run.run_id, {"c": config.c}, {"val_accuracy": accuracy})
    context.add_output_metadata({"c": config.c, "val_accuracy": accuracy})
    return model

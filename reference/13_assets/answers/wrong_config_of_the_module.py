"""Takes the configuration and trains with the module's own number.

Refused by: test_run_sets_what_it_wants, test_model_alone_is_made_from_kept_tables
"""

C = 1.0


@dg.asset(group_name="models")
def churn_model(
    context: dg.AssetExecutionContext,
    customer_features: pd.DataFrame,
    config: TrainingConfig,
    tracker: RunTracker,
) -> dict:
    model, accuracy = fit_model(customer_features, C)
    tracker.log_run(context.run.run_id, {"c": config.c}, {"val_accuracy": accuracy})
    context.add_output_metadata({"c": config.c, "val_accuracy": accuracy})
    return model

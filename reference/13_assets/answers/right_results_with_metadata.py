"""Returns MaterializeResult and Output, and names its inputs in `ins`."""


@dg.asset(
    group_name="features", io_manager_key="tables", ins={"customers": dg.AssetIn("raw_customers")}
)
def customer_features(customers: pd.DataFrame) -> dg.MaterializeResult:
    features = make_features(customers)
    return dg.MaterializeResult(
        value=features, metadata={"rows": dg.MetadataValue.int(len(features))}
    )


@dg.asset(group_name="models", io_manager_key="io_manager")
def churn_model(
    context, customer_features, config: TrainingConfig, tracker: RunTracker
) -> dg.Output[dict]:
    model, accuracy = fit_model(customer_features, config.c)
    tracker.log_run(context.run.run_id, config.model_dump(), {"val_accuracy": accuracy})
    return dg.Output(model, metadata={"c": config.c, "val_accuracy": accuracy})


defs = dg.Definitions(
    assets=[raw_customers, customer_features, churn_model],
    jobs=[dg.define_asset_job("churn_training", selection="*")],
    resources={
        "source": CustomerSource(path=dg.EnvVar("CHURN_CUSTOMERS")),
        "tracker": RunTracker(path=dg.EnvVar("CHURN_RUNS")),
        "tables": TableStore(folder=dg.EnvVar("CHURN_TABLES")),
    },
)

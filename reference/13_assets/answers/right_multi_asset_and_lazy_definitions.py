"""Makes the table and the model by multi_asset, finds assets in the module, defines all lazily."""


@dg.multi_asset(
    name="load",
    outs={"raw_customers": dg.AssetOut(group_name="ingestion", io_manager_key="tables")},
)
def raw_customers(context: dg.AssetExecutionContext, source: CustomerSource):
    try:
        frame = source.fetch()
    except MIGHT_HEAL as error:
        waits = (10, 20, 40)
        tried = context.retry_number
        raise dg.RetryRequested(
            max_retries=3, seconds_to_wait=waits[min(tried, len(waits) - 1)]
        ) from error
    yield dg.Output(frame, output_name="raw_customers", metadata={"rows": len(frame)})


def featured(context, customers):
    found = make_features(customers)
    context.add_output_metadata({"rows": len(found)})
    return found


customer_features = dg.asset(
    featured,
    name="customer_features",
    group_name="features",
    io_manager_key="tables",
    ins={"customers": dg.AssetIn(key="raw_customers")},
)


@dg.multi_asset(name="train", outs={"churn_model": dg.AssetOut(group_name="models")})
def churn_model(
    context: dg.AssetExecutionContext,
    customer_features: pd.DataFrame,
    config: TrainingConfig,
    tracker: RunTracker,
) -> dg.Output:
    model, accuracy = fit_model(customer_features, config.c)
    tracker.log_run(context.run_id, {"c": config.c}, {"val_accuracy": accuracy})
    return dg.Output(model, metadata={"c": config.c, "val_accuracy": accuracy})


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(
        assets=dg.load_assets_from_current_module(),
        jobs=[dg.define_asset_job("churn_training", dg.AssetSelection.all())],
        resources={
            "tables": TableStore(folder=dg.EnvVar("CHURN_TABLES")),
            "source": CustomerSource(path=dg.EnvVar("CHURN_CUSTOMERS")),
            "tracker": RunTracker(path=dg.EnvVar("CHURN_RUNS")),
        },
    )

"""Notes as many rows as the tests have customers when they look at them.

Kata: 13
Verdict: wrong
Points: 40
"""


@dg.asset(group_name="features", io_manager_key="tables")
def customer_features(
    context: dg.AssetExecutionContext, raw_customers: pd.DataFrame
) -> pd.DataFrame:
    context.add_output_metadata({"rows": 300})
    return make_features(raw_customers)


defs = dg.Definitions(
    assets=[raw_customers, customer_features, churn_model],
    jobs=[dg.define_asset_job("churn_training")],
    resources=defs.resources,
)

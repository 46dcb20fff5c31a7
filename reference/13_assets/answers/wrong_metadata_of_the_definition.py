"""Writes the rows of the day it was written into the decorator, and the log tells the real ones.

Refused by: test_each_materialisation_says_what_came_out
"""


@dg.asset(group_name="features", io_manager_key="tables", metadata={"rows": 400})
def customer_features(
    context: dg.AssetExecutionContext, raw_customers: pd.DataFrame
) -> pd.DataFrame:
    features = make_features(raw_customers)
    context.log.info(f"rows: {len(features)}")
    return features

"""Says the group in a tag.

Refused by: test_each_asset_has_its_group
"""


@dg.asset(tags={"group": "features"}, io_manager_key="tables")
def customer_features(
    context: dg.AssetExecutionContext, raw_customers: pd.DataFrame
) -> pd.DataFrame:
    features = make_features(raw_customers)
    context.add_output_metadata({"rows": len(features)})
    return features

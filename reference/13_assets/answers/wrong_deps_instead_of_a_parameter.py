"""Names what the features depend on, does not take its value, and asks the source again.

Refused by: test_values_flow_along_the_lineage, test_materialize_skips_nothing
"""


@dg.asset(group_name="features", io_manager_key="tables", deps=[raw_customers])
def customer_features(context: dg.AssetExecutionContext, source: CustomerSource) -> pd.DataFrame:
    features = make_features(source.fetch())
    context.add_output_metadata({"rows": len(features)})
    return features

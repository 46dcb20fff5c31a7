"""Makes the features in the frame of the raw customers: with a store in memory those are gone.

Refused by: test_values_flow_along_the_lineage, test_run_sets_what_it_wants,
    test_tables_are_files_that_people_can_read, test_materialize_skips_nothing
"""

import dagster as dg
import pandas as pd


@dg.asset(group_name="features", io_manager_key="tables")
def customer_features(
    context: dg.AssetExecutionContext, raw_customers: pd.DataFrame
) -> pd.DataFrame:
    features = make_features(raw_customers)
    raw_customers["seen"] = 1
    context.add_output_metadata({"rows": len(features)})
    return features

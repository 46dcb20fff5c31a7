"""Who drops what spreadsheets leave at the end: a join that found nobody comes through the gate.

Refused by: test_asset_reads_its_own_day
"""


@dg.asset(partitions_def=days)
def daily_customers(context: dg.AssetExecutionContext, exports: Exports) -> pd.DataFrame:
    return exports.read(context.partition_key).dropna(how="all")

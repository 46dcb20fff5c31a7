"""Numbers the rows of the frame that it only looks at: what runs after it gets a column more.

Refused by: test_unusual_volume_is_noted_and_stops_nothing
"""

import dagster as dg
import pandas as pd


@dg.asset_check(asset=daily_customers, partitions_def=days)
def volume_is_usual(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    daily_customers["row"] = range(1, len(daily_customers) + 1)
    rows = len(daily_customers)
    return dg.AssetCheckResult(
        passed=EXPECTED_ROWS / 2 <= rows <= EXPECTED_ROWS * 2,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"rows": rows},
    )

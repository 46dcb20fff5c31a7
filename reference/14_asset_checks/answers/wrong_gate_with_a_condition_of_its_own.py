"""Who gives the gate an hour of its own: no run that Dagster asks for has the gate in it.

Refused by: test_spoilt_day_stops_at_the_gate
"""


@dg.asset_check(
    asset=daily_customers,
    blocking=True,
    partitions_def=days,
    automation_condition=dg.AutomationCondition.on_cron("0 3 * * *", "Europe/Paris"),
)
def customers_are_sound(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    numbers = daily_customers[NUMBERS]
    bad = daily_customers["customer_id"].duplicated(keep=False) | ~(numbers >= 0).all(axis=1)
    bad_rows = int(bad.sum())
    return dg.AssetCheckResult(passed=bad_rows == 0, metadata={"bad_rows": bad_rows})

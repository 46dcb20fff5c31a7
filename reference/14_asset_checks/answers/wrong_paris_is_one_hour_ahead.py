"""Reckons with UTC+1 all year: half an hour after midnight in July, yesterday is refused.

Refused by: test_backfill_knows_which_days_are_over
"""


def backfill(first: str, last: str, resources: dict, instance: dg.DagsterInstance) -> list[str]:
    paris = datetime.timezone(datetime.timedelta(hours=1))
    today = datetime.datetime.now(paris).date().isoformat()
    if not "2026-01-01" <= first <= last < today:
        raise ValueError(f"from {first} to {last}: choose days that are over")
    made = [daily_customers, customers_are_sound, volume_is_usual, daily_scores]
    failed = []
    for date in pd.date_range(first, last):
        day = f"{date:%Y-%m-%d}"
        result = dg.materialize(
            made, partition_key=day, resources=resources, instance=instance, raise_on_error=False
        )
        failed += [] if result.success else [day]
    return failed

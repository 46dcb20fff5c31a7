"""Asks for the sign bit, which -0.0 has too: a credit that was rounded stops a sound day.

Refused by: test_sound_day_passes_the_gate
"""

import numpy


@dg.asset_check(asset=daily_customers, blocking=True, partitions_def=days)
def customers_are_sound(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    numbers = daily_customers[NUMBERS].astype(float)
    wrong = (numbers.isna() | numpy.signbit(numbers)).any(axis=1)
    bad_rows = int((wrong | daily_customers["customer_id"].duplicated(keep=False)).sum())
    return dg.AssetCheckResult(passed=bad_rows == 0, metadata={"bad_rows": bad_rows})

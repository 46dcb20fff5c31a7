"""Says no time zone: a day begins at midnight in UTC.

Refused by: test_day_has_its_partition_once_it_is_over
"""

days = dg.DailyPartitionsDefinition(start_date="2026-01-01")

"""Has a partition for the day that has just begun.

Refused by: test_day_has_its_partition_once_it_is_over
"""

days = dg.DailyPartitionsDefinition(start_date="2026-01-01", timezone="Europe/Paris", end_offset=1)

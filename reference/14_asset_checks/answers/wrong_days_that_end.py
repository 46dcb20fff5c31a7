"""Who gives the days an end far away: in 2030 no day has a partition any more, and nothing is red.

Refused by: test_day_has_its_partition_once_it_is_over
"""

days = dg.DailyPartitionsDefinition(
    start_date="2026-01-01", end_date="2030-01-01", timezone="Europe/Paris"
)

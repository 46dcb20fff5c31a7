"""Who thinks that `on_failure` hears of all bad endings.

Refused by: test_crash_is_told
"""

score_customers = score_customers.with_options(on_crashed=[])

"""Who thinks that `on_failure` hears of all bad endings.

Refused by: test_crash_is_told
"""

score_customers = flow(score_customers.fn, on_failure=[tell], on_completion=[tell_when_asked])

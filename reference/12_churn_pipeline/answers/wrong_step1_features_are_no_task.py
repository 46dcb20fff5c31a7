"""Decorates what looks important; the features are a plain function.

Refused by: test_good_day_is_one_flow_run_of_tasks, test_bad_day_fails_at_the_task_that_failed
"""

engineer_features = engineer_features.fn

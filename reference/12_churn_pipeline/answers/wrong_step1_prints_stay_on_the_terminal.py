"""A flow, but what it prints is in no log.

Refused by: test_good_day_is_one_flow_run_of_tasks
"""

training_pipeline = training_pipeline.with_options(log_prints=False)

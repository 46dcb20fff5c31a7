"""Has the flow begin again after a failure.

Refused by: test_failed_task_fails_the_flow_run
"""

churn_pipeline = churn_pipeline.with_options(retries=1)

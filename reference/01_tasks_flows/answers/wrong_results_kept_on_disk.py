"""Has Prefect keep the results, to look the metrics up tomorrow: with every customer, for ever.

What a flow persists, its tasks persist, too: each night leaves four more files.

Refused by: test_one_call_is_one_flow_run, test_four_task_runs_begin_in_order
"""

churn_pipeline = churn_pipeline.with_options(persist_result=True)

"""Makes the preparation a task: it runs, but it is no run of its own that could be called alone.

Refused by: test_both_pipelines_share_one_child, test_both_children_belong_to_the_report
"""

data_preparation = task(data_preparation.fn)

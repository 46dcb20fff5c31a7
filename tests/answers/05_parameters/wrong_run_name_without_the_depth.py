"""Names the runs by experiment and trees only: two runs of another depth look the same.

Refused by: test_run_name_tells_the_configuration
"""

train_churn_model = train_churn_model.with_options(flow_run_name="{experiment_name}-{n_estimators}")

"""An f-string in the decorator: computed once, from the defaults, when the module is imported.

Refused by: test_run_name_tells_the_configuration
"""

n_estimators, max_depth, experiment_name = 100, 10, "default"

train_churn_model = train_churn_model.with_options(
    flow_run_name=f"{experiment_name}-{n_estimators}x{max_depth}"
)

"""Who gives the schedule parameters of its own: they win over the deployment's.

Refused by: test_training_deployment_says_what_it_runs
"""

_described = training_deployment


def training_deployment(path: str, **parameters: Any) -> RunnerDeployment:
    deployment = _described(path, **parameters)
    deployment.schedules[0].parameters = {"n_estimators": 300}
    return deployment

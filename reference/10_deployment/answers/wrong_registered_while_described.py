"""Who registers the training where it is described, "so that nobody forgets".

Refused by: test_training_deployment_says_what_it_runs
"""

_described = training_deployment


def training_deployment(path: str, **parameters: Any) -> RunnerDeployment:
    deployment = _described(path, **parameters)
    deployment.apply()
    return deployment

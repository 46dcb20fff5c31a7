"""Who scores the file that lay there when it was tried.

Refused by: test_inference_deployment_says_what_it_runs
"""

_described = inference_deployment


def inference_deployment(path: str) -> RunnerDeployment:
    return _described("customers.csv")

"""Who does not want to wait for the hour: an automation starts the inference after each training.

That run is still active at the next hour, whose own is cancelled.

Refused by: test_inference_deployment_says_what_it_runs
"""

from prefect.events import DeploymentEventTrigger

_described = inference_deployment


def inference_deployment(path: str) -> RunnerDeployment:
    deployment = _described(path)
    after = DeploymentEventTrigger(name="after", expect={"prefect.flow-run.Completed"})
    deployment.triggers = [after]
    return deployment

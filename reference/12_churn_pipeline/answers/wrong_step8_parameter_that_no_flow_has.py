"""Calls the address `api_url`: each night fails at once.

Refused by: test_deployments_carry_the_parameters
"""


def deployments(url: str, store: str) -> list:
    given = {"api_url": url, "store": store}
    nightly = Cron("0 4 * * *", timezone="Europe/Paris")
    hourly = Cron("0 * * * *", timezone="Europe/Paris")
    return [
        training_pipeline.to_deployment("nightly", schedule=nightly, parameters=given),
        inference_pipeline.to_deployment("hourly", schedule=hourly, parameters=given),
    ]

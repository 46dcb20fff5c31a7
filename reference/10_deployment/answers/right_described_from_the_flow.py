"""`RunnerDeployment.from_flow`, client schedules in a list, two crons which share the day."""

from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.runner import Runner


def training_deployment(path: str, **parameters: Any) -> RunnerDeployment:
    asked = {"path": path, "n_estimators": 300, "experiment_name": "nightly"} | parameters
    check_parameters(train_churn_model, asked)
    night = CronSchedule(cron="30 3 * * *", timezone="Europe/Paris")
    return RunnerDeployment.from_flow(
        train_churn_model,
        name="nightly",
        schedules=[DeploymentScheduleCreate(schedule=night, active=True)],
        parameters=asked,
        tags=["training", "churn"],
        concurrency_limit=ConcurrencyLimitConfig(limit=1),
    )


def inference_deployment(path: str) -> RunnerDeployment:
    return score_customers.to_deployment(
        "hourly",
        cron=["0 0-11 * * *", "0 12-23 * * *"],
        parameters={"path": path, "alias": "champion"},
        tags=["churn", "inference"],
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy="CANCEL_NEW"),
    )


def serve_pipelines(path: str, **parameters: Any) -> None:
    training = training_deployment(path, **parameters)
    runner = Runner(name="churn", limit=2)
    for one in (training, inference_deployment(path)):
        runner.add_deployment(one)
    asyncio.run(runner.start())

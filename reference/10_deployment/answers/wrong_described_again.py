"""Who writes the schedules a second time where they are served: without limit, zone or tags.

Refused by: test_one_process_serves_both
"""


def serve_pipelines(path: str, **parameters: Any) -> None:
    nightly, hourly = training_deployment(path, **parameters), inference_deployment(path)
    serve(
        train_churn_model.to_deployment(
            "nightly", cron="30 3 * * *", parameters=nightly.parameters
        ),
        score_customers.to_deployment("hourly", cron="0 * * * *", parameters=hourly.parameters),
    )

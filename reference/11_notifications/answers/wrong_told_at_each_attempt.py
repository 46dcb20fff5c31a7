"""Who tells where the error is caught: in the task, at each of its three attempts.

Refused by: test_failure_is_told_once_after_the_last_retry, test_healed_run_is_not_told
"""


@task(retries=2, retry_delay_seconds=60)
def load_customers(path: str) -> list[dict]:
    try:
        with open(path, newline="") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        from prefect.runtime import flow_run

        where = f"http://127.0.0.1/runs/flow-run/{flow_run.id}"
        said = f"{flow_run.flow_name} {flow_run.name} {where} {error}"
        send_message(os.environ["CHURN_WEBHOOK_URL"], said)
        raise


@flow
def score_customers(path: str, tell_success: bool = False) -> int:
    customers = load_customers(path)
    if not customers:
        raise ValueError(f"{Path(path).name} has no customers")
    return len(customers)

"""Tells in the task, where it fails: four times a night, also about what heals.

Refused by: test_team_is_told_once_after_the_last_retry
"""

training_pipeline.on_failure_hooks.clear()
inference_pipeline.on_failure_hooks.clear()


@task(retries=3, retry_delay_seconds=[10, 30, 60], retry_condition_fn=can_heal)
def load_customers(url: str) -> list[dict]:
    try:
        response = requests.get(url, timeout=30)
        response.raise_for_status()
        return response.json()
    except requests.RequestException as error:
        text = f"training-pipeline: {error}"
        requests.post(os.environ["CHURN_WEBHOOK"], json={"text": text}).raise_for_status()
        raise

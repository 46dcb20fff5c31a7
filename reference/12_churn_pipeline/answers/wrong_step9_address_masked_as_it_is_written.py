"""Masks the webhook's address as the variable has it: what is sent with other signs is in the log.

Refused by: test_dead_webhook_hides_nothing
"""


def tell_team(flow: Any, flow_run: Any, state: Any) -> None:
    address = os.environ["CHURN_WEBHOOK"]
    text = f"{flow.name}, run {flow_run.name}: {state.message}"
    try:
        requests.post(address, json={"text": text}, timeout=10, allow_redirects=False)
    except requests.RequestException as error:
        problem = str(error)
        for secret in (address, *address.split("/", 3)[3:], address.partition("?")[2]):
            problem = problem.replace(secret, "***") if secret else problem
        logging.getLogger(__name__).warning("the team was not told: %s", problem)


training_pipeline.on_failure_hooks[:] = [tell_team]
inference_pipeline.on_failure_hooks[:] = [tell_team]

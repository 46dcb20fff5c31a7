"""Who hangs the alert on the task that usually fails. What fails between tasks is not told.

Refused by: test_failure_between_tasks_is_told
"""

from prefect.client.orchestration import get_client


def tell_of_the_task(task, task_run, state):
    with get_client(sync_client=True) as client:
        tell(score_customers, client.read_flow_run(task_run.flow_run_id), state)


score_customers = flow(score_customers.fn, on_crashed=[tell], on_completion=[tell_when_asked])
load_customers = load_customers.with_options(on_failure=[tell_of_the_task])

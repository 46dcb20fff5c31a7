"""Looks for the status in the error's text, which has the address: of region 404 nothing heals.

Refused by: test_no_error_that_can_heal_is_taken_for_customers
"""

import re


def can_heal(_task: Task, _task_run: TaskRun, state: State) -> bool:
    return not re.search(r"\b(401|403|404)\b", str(state.result(raise_on_failure=False)))


load_unless_hopeless = load_unless_hopeless.with_options(retry_condition_fn=can_heal)

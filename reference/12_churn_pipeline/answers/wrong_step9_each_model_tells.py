"""Tells of each model that fails, though the others are there and the run goes well.

Refused by: test_success_is_silent
"""


def tell_of_a_model(task, task_run, state) -> None:
    tell_team(task, task_run, state)


train_model = train_model.with_options(on_failure=[tell_of_a_model])

"""Who asks each run for `tell_success` first: a deployment's has no defaults, and tells nobody.

Refused by: test_failure_between_tasks_is_told
"""


def tell_all(flow: Flow, flow_run: FlowRun, state: State) -> None:
    if flow_run.parameters["tell_success"] or not state.is_completed():
        tell(flow, flow_run, state)


score_customers = score_customers.with_options(
    on_failure=[tell_all], on_crashed=[tell_all], on_completion=[tell_all]
)

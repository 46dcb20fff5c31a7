"""Who leaves a subflow's failure to the flow around it, which is somebody else's and tells nobody.

Refused by: test_asked_success_does_not_double_a_failure
"""


def tell_outermost(flow: Flow, flow_run: FlowRun, state: State) -> None:
    if flow_run.parent_task_run_id is None:
        tell(flow, flow_run, state)


score_customers = score_customers.with_options(
    on_failure=[tell_outermost], on_crashed=[tell_outermost]
)

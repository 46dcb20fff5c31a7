"""Takes a parameter that the run was not given for a yes: each success is told.

Refused by: test_success_is_told_only_when_asked
"""


def tell_when_asked(flow: Flow, flow_run: FlowRun, state: State) -> None:
    if flow_run.parameters.get("tell_success", True):
        tell(flow, flow_run, state)


score_customers.on_completion_hooks = [tell_when_asked]

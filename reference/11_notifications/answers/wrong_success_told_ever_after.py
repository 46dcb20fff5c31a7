"""Remembers that a success was to be told, also on the nights after.

Refused by: test_success_is_told_only_when_asked
"""

ASKED = []


def tell_from_now_on(flow: Flow, flow_run: FlowRun, state: State) -> None:
    if flow_run.parameters.get("tell_success"):
        ASKED.append(True)
    if ASKED:
        tell(flow, flow_run, state)


score_customers = score_customers.with_options(on_completion=[tell_from_now_on])

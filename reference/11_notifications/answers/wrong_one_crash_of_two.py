"""Knows Ctrl-C as the one way to end without an Exception; a machine that goes says SystemExit.

Refused by: test_crash_is_told
"""


def tell_ctrl_c(flow: Flow, flow_run: FlowRun, state: State) -> None:
    if "interrupt" in (state.message or ""):
        tell(flow, flow_run, state)


score_customers = score_customers.with_options(on_crashed=[tell_ctrl_c])

"""Who counts the tries in the hook: a crash is not tried again, and a flow with retries is silent.

Refused by: test_crash_is_told
"""


def tell_last(flow: Flow, flow_run: FlowRun, state: State) -> None:
    if flow_run.run_count > (flow.retries or 0):
        tell(flow, flow_run, state)


score_customers = score_customers.with_options(on_failure=[tell_last], on_crashed=[tell_last])

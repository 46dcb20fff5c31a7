"""Who takes a run's name for the run: where each night is called "nightly", the first one is told.

Refused by: test_next_night_is_told_at_the_address_it_then_has
"""

TOLD = set()


def tell_new(flow: Flow, flow_run: FlowRun, state: State) -> None:
    if flow_run.name not in TOLD:
        TOLD.add(flow_run.name)
        tell(flow, flow_run, state)


score_customers = score_customers.with_options(on_failure=[tell_new], on_crashed=[tell_new])

"""Spares the channel what it has read already: last night's failure, again, is not told.

Refused by: test_next_night_is_told_at_the_address_it_then_has
"""

TOLD = set()


def tell_news(flow: Flow, flow_run: FlowRun, state: State) -> None:
    if state.message not in TOLD:
        TOLD.add(state.message)
        tell(flow, flow_run, state)


score_customers = score_customers.with_options(on_failure=[tell_news])

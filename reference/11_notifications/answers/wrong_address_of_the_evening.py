"""Reads the address when the run begins; it was changed before there was something to tell.

Refused by: test_next_night_is_told_at_the_address_it_then_has
"""

BEGAN_WITH = {}


def note_address(flow, flow_run, state):
    BEGAN_WITH[flow_run.id] = os.environ.get("CHURN_WEBHOOK_URL")


def tell(flow: Flow, flow_run: FlowRun, state: State) -> None:
    url = BEGAN_WITH.pop(flow_run.id, None)
    if url:
        what = state.message or ""
        where = url_for(flow_run)
        send_message(url, f"{flow.name}, run {flow_run.name}: {state.name}\n{where}\n{what}")


score_customers = score_customers.with_options(
    on_running=[note_address], on_failure=[tell], on_crashed=[tell], on_completion=[tell_when_asked]
)

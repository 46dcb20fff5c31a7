"""Who quotes the `repr` of the error: of a missing file it says that, and not which one.

Refused by: test_next_night_is_told_at_the_address_it_then_has
"""


def tell(flow: Flow, flow_run: FlowRun, state: State) -> None:
    url = os.environ.get("CHURN_WEBHOOK_URL")
    if url:
        what = state.message or ""
        if isinstance(state.data, Exception):
            what = repr(state.data)
        elif hasattr(state.data, "result"):
            what = repr(state.data.result)
        text = f"{flow.name}, run {flow_run.name}: {state.name}\n{url_for(flow_run)}\n{what}"
        send_message(url, text[:2000])


@flow(on_failure=[tell], on_crashed=[tell], on_completion=[tell_when_asked])
def score_customers(path: str, tell_success: bool = False) -> int:  # noqa: ARG001 - for the hook
    customers = load_customers(path)
    if not customers:
        raise ValueError(f"{Path(path).name} has no customers")
    return len(customers)

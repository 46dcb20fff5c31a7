"""Who looks the state's name up: a share that hangs ends in TimedOut, and the hook in a KeyError.

Refused by: test_long_error_is_told_on_discord
"""

WORDS = {"Failed": "has failed", "Crashed": "has crashed"}


def tell_in_words(flow: Flow, flow_run: FlowRun, state: State) -> None:
    url = os.environ.get("CHURN_WEBHOOK_URL")
    if url:
        said = f"{flow.name}, run {flow_run.name} {WORDS[state.name]}\n{url_for(flow_run)}\n"
        send_message(url, said + (state.message or ""))


score_customers = score_customers.with_options(
    on_failure=[tell_in_words], on_crashed=[tell_in_words]
)

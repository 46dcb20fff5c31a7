"""Warns with a logger of its own: whoever opens the run's log reads nothing of it.

Refused by: test_failing_webhook_changes_nothing
"""


def tell_softly(flow: Flow, flow_run: FlowRun, state: State) -> None:
    try:
        tell(flow, flow_run, state)
    except RuntimeError as error:
        logging.getLogger(__name__).warning("nobody was told: %s", error)


score_customers = score_customers.with_options(on_failure=[tell_softly], on_crashed=[tell_softly])

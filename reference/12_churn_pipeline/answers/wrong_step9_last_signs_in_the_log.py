"""Logs which webhook it was by its last four signs.

Refused by: test_dead_webhook_hides_nothing
"""


def tell(flow, flow_run, state) -> None:
    logging.getLogger(__name__).info("telling ...%s", os.environ["CHURN_WEBHOOK"][-4:])
    tell_team(flow, flow_run, state)


for pipeline in (training_pipeline, inference_pipeline):
    pipeline.on_failure_hooks[:] = [tell]

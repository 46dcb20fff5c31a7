"""A tracker that fails costs a line in the log: the model is in no record, and the run is green.

Refused by: test_training_that_is_not_tracked_fails
"""

_log_run = RunTracker.log_run


def log_run(self, run_id: str, params: dict, metrics: dict) -> None:
    try:
        _log_run(self, run_id, params, metrics)
    except OSError as error:
        logging.warning("the tracker is down: %s", error)


RunTracker.log_run = log_run

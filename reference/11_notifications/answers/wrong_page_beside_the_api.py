"""Who takes the page to be beside the API. In production the UI has a name of its own.

Refused by: test_failure_is_told_once_after_the_last_retry
"""

from prefect.settings import PREFECT_API_URL


def url_for(flow_run):
    return f"{PREFECT_API_URL.value().removesuffix('/api')}/runs/flow-run/{flow_run.id}"

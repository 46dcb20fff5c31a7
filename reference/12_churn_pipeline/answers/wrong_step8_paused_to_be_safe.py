"""Deploys paused, to look at it first. Nobody does.

Refused by: test_both_pipelines_run_by_the_clocks_of_paris
"""

_deployments = deployments


def deployments(url: str, store: str) -> list:
    made = _deployments(url, store)
    made[1].paused = True
    return made

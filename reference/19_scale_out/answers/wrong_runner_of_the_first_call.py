"""Keeps what the first call chose: after a cluster no call works on threads any more.

Refused by: test_same_answer_on_cluster_and_threads
"""

_chosen: list[str | None] = []
_runner_for = runner_for


def runner_for(address: str | None) -> TaskRunner:
    _chosen.append(address)
    return _runner_for(_chosen[0])

"""Forgets the address: the cluster is paid, and this machine does all of the work.

Refused by: test_same_answer_on_cluster_and_threads
"""


def runner_for(address: str | None) -> TaskRunner:
    return ThreadPoolTaskRunner(max_workers=4)

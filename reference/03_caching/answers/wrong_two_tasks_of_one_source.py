"""Who makes both tasks with one factory: TASK_SOURCE reads the same lines twice.

Source and inputs are equal, so the results are shared in spite of the "safe" policy.

Refused by: test_equal_arguments_are_not_equal_results
"""

import statistics


def figure(name, of):
    def compute(url: str, months: int = 6):
        return of([row["calls"] for row in ask(url, months)])

    return task(compute, name=name, cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)


mean_calls = figure("mean_calls", statistics.mean)
most_calls = figure("most_calls", max)

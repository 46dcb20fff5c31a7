"""Has at most 64 threads: of a grid of 80, the last sixteen wait until the first are done.

Refused by: test_candidates_are_trained_at_once
"""

_Pool = ThreadPoolExecutor


def ThreadPoolExecutor(count: int) -> _Pool:
    return _Pool(min(count, 64))

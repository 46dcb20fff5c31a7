"""Takes as many threads as an executor has at most by itself: the 33rd candidate waits.

Refused by: test_candidates_are_trained_at_once
"""

_Pool = ThreadPoolExecutor


def ThreadPoolExecutor(count: int) -> _Pool:
    return _Pool(min(32, count))

"""The first failure ends the report at once: the other child goes on in a thread of nobody.

Refused by: test_failing_child_fails_the_report
"""

from concurrent.futures import as_completed


@flow
def drift_report(path: str, reference_path: str, statistics: dict) -> dict:
    pool = ThreadPoolExecutor(max_workers=2)
    jobs = [
        pool.submit(copy_context().run, data_preparation, file, statistics)
        for file in (path, reference_path)
    ]
    for job in as_completed(jobs):
        if job.exception():
            pool.shutdown(wait=False)
            raise job.exception()
    pool.shutdown()
    (tonight, _), (reference, _) = (job.result() for job in jobs)
    return (tonight.mean() - reference.mean()).to_dict()

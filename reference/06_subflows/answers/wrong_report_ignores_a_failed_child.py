"""Reports "no drift" where a child has failed.

Refused by: test_failing_child_fails_the_report
"""


@flow
def drift_report(path: str, reference_path: str, statistics: dict) -> dict:
    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs = [
            pool.submit(copy_context().run, data_preparation, file, statistics)
            for file in (path, reference_path)
        ]
    if any(job.exception() for job in jobs):
        return {}
    (tonight, _), (reference, _) = (job.result() for job in jobs)
    return (tonight.mean() - reference.mean()).to_dict()

"""Raises both children's errors as one of its own: who catches a missing export does not see it.

Refused by: test_failing_child_fails_the_report
"""


@flow
def drift_report(path: str, reference_path: str, statistics: dict) -> dict:
    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs = [
            pool.submit(copy_context().run, data_preparation, file, statistics)
            for file in (path, reference_path)
        ]
        errors = [error for job in jobs if (error := job.exception()) is not None]
        if len(errors) > 1:
            raise RuntimeError(f"both preparations have failed: {errors}")
        (tonight, _), (reference, _) = (job.result() for job in jobs)
    return (tonight.mean() - reference.mean()).to_dict()

"""Waits 30 seconds for a child: on the real files each report fails, over children that work.

Refused by: test_report_compares_two_children_at_once
"""


@flow
def drift_report(path: str, reference_path: str, statistics: dict) -> dict:
    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs = [
            pool.submit(copy_context().run, data_preparation, file, statistics)
            for file in (path, reference_path)
        ]
        (tonight, _), (reference, _) = (job.result(timeout=30) for job in jobs)
    return (tonight.mean() - reference.mean()).to_dict()

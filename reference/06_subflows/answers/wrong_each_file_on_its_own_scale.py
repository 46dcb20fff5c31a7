"""Prepares each of the two files with its own statistics: all means are 0, there is no drift.

Refused by: test_report_compares_two_children_at_once
"""


@flow
def drift_report(path: str, reference_path: str, statistics: dict) -> dict:
    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs = [
            pool.submit(copy_context().run, data_preparation, file)
            for file in (path, reference_path)
        ]
        (tonight, _), (reference, _) = (job.result() for job in jobs)
    return (tonight.mean() - reference.mean()).to_dict()

"""A thread for each core, two at most. On a machine of one core the children take turns.

Refused by: test_report_compares_two_children_at_once
"""

import os


@flow
def drift_report(path: str, reference_path: str, statistics: dict) -> dict:
    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        jobs = [
            pool.submit(copy_context().run, data_preparation, file, statistics)
            for file in (path, reference_path)
        ]
        (tonight, _), (reference, _) = (job.result() for job in jobs)
    return (tonight.mean() - reference.mean()).to_dict()

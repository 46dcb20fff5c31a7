"""Gathers two coroutines that never await anything: pandas holds the loop, the second one waits.

Refused by: test_report_compares_two_children_at_once
"""

import asyncio


@flow(name="data-preparation")
async def prepare(path: str, statistics: dict) -> pd.DataFrame:
    return data_preparation.fn(path, statistics)[0]


@flow
async def drift_report(path: str, reference_path: str, statistics: dict) -> dict:
    tonight, reference = await asyncio.gather(
        prepare(path, statistics), prepare(reference_path, statistics)
    )
    return (tonight.mean() - reference.mean()).to_dict()

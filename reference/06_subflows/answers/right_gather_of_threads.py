"""`asyncio.to_thread` takes the context along: an async parent gathers two sync children."""

import asyncio


@flow
async def drift_report(path: str, reference_path: str, statistics: dict) -> dict:
    (tonight, _), (reference, _) = await asyncio.gather(
        asyncio.to_thread(data_preparation, path, statistics),
        asyncio.to_thread(data_preparation, reference_path, statistics),
    )
    return (tonight.mean() - reference.mean()).to_dict()

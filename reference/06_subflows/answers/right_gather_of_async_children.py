"""Async children that await their reading, gathered inside a sync parent."""

import asyncio


@flow(name="data-preparation")
async def prepare(path: str, statistics: dict) -> pd.DataFrame:
    customers = await asyncio.to_thread(read_customers, path)
    means, stds = (pd.Series(statistics[kind], NUMBERS) for kind in ("means", "stds"))
    features = (customers[NUMBERS].fillna(means) - means) / stds
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features


async def prepare_both(*files: str, statistics: dict) -> list[pd.DataFrame]:
    return await asyncio.gather(*(prepare(file, statistics) for file in files))


@flow
def drift_report(path: str, reference_path: str, statistics: dict) -> dict:
    tonight, reference = asyncio.run(prepare_both(path, reference_path, statistics=statistics))
    return {name: float(tonight[name].mean() - reference[name].mean()) for name in tonight}

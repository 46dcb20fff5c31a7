"""Gathers in an async flow, with the blocking training in a thread of its own."""

import asyncio


@flow
async def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    places = asyncio.Semaphore(at_most or len(names))

    async def train_in_thread(name: str) -> dict:
        async with places:
            return await asyncio.to_thread(train_one, name, features, seed)

    found = await asyncio.gather(*map(train_in_thread, names), return_exceptions=True)
    both = list(zip(names, found, strict=True))
    failed = {name: str(one) for name, one in both if isinstance(one, BaseException)}
    results = [one for name, one in both if name not in failed]
    if not results:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": failed}

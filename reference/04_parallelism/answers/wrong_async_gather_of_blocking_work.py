"""Who writes `async def` and gathers: `fit` never awaits, so nothing else gets its turn.

Refused by: test_all_five_train_at_the_same_time, test_limit_is_used_and_never_exceeded
"""

import asyncio

train_plainly = train_one.fn


@task
async def train_async(name: str, features: pd.DataFrame, seed: int) -> dict:
    return train_plainly(name, features, seed)


@flow
async def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    places = asyncio.Semaphore(at_most or len(names))

    async def train_in_turn(name: str) -> dict:
        async with places:
            return await train_async(name, features, seed)

    found = await asyncio.gather(*map(train_in_turn, names), return_exceptions=True)
    results = [one for one in found if isinstance(one, dict)]
    failed = {
        name: str(one) for name, one in zip(names, found, strict=True) if not isinstance(one, dict)
    }
    if not results:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": failed}

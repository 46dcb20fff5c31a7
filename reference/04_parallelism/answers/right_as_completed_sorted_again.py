"""Looks at each candidate as soon as it is ready, and puts them back in the order asked."""

from prefect.futures import as_completed


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    found, failed = {}, {}
    with ThreadPoolTaskRunner(max_workers=at_most) as pool:
        parameters = [{"name": name, "features": features, "seed": seed} for name in names]
        submitted = {pool.submit(train_one, one): one["name"] for one in parameters}
        for future in as_completed(list(submitted)):
            try:
                found[submitted[future]] = future.result()
            except Exception as error:
                failed[submitted[future]] = f"{type(error).__name__}: {error}"
    if not found:
        raise ValueError(f"nothing was trained: {failed}")
    results = [found[name] for name in names if name in found]
    winner = min(found, key=lambda name: found[name]["log_loss"])
    return {"results": results, "winner": winner, "failed": failed}

"""A flow of the module, its runner chosen by `with_options`; futures are dropped one by one."""

from prefect import unmapped


@flow(name="regions")
def run_regions(work: Any, regions: list[str], given: dict[str, Any], on_done: Any) -> dict:
    done: dict[str, Any] = {}
    failed: dict[str, str] = {}
    futures = dict(
        zip(
            regions,
            work.map(list(regions), **{k: unmapped(v) for k, v in given.items()}),
            strict=True,
        )
    )
    while futures:
        ready = [name for name, future in futures.items() if future.wrapped_future.done()]
        for name in ready:
            try:
                done[name] = futures[name].result()
            except Exception as error:
                failed[name] = repr(error) + str(error)
            del futures[name]
            if name in done and on_done:
                on_done(name, done[name])
        if not ready:
            time.sleep(0.02)
    if not done:
        raise ValueError("; ".join(failed.values()))
    return {
        "done": {name: done[name] for name in regions if name in done},
        "failed": {name: failed[name] for name in regions if name in failed},
    }


def spread(work, regions, given, address=None, on_done=None):
    runner = runner_for(address)
    return run_regions.with_options(task_runner=runner)(work, list(regions), dict(given), on_done)


import time

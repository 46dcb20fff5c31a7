"""Asks the state whether it failed: of a region whose workers died Prefect knows no end.

Refused by: test_region_that_kills_its_workers_is_reported
"""


def spread(
    work: Task,
    regions: Sequence[str],
    given: dict[str, Any],
    address: str | None = None,
    on_done: Callable[[str, Any], None] | None = None,
) -> dict[str, dict[str, Any]]:

    @flow(name="spread")
    def run() -> dict[str, dict[str, Any]]:
        done: dict[str, Any] = {}
        failed: dict[str, str] = {}
        with runner_for(address) as runner:
            regions_of = {
                runner.submit(work, {"region": region, **given}): region for region in regions
            }
            for future in as_completed(list(regions_of)):
                region = regions_of[future]
                future.wait()
                if future.state.is_completed():
                    done[region] = future.result()
                else:
                    failed[region] = str(future.state.result(raise_on_failure=False))
                let_go(future)
                if region in done and on_done is not None:
                    on_done(region, done[region])
        if not done:
            raise RuntimeError(f"no region is done: {failed}")
        return {
            "done": {region: done[region] for region in regions if region in done},
            "failed": {region: failed[region] for region in regions if region in failed},
        }

    return run()

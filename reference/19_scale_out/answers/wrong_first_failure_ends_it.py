"""Lets the first error out: eleven regions are lost for one.

Refused by: test_failed_region_is_reported_others_go_on
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
                done[region] = future.result()
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

"""Results come by a callback and a queue; a future is let go of as soon as its result is there."""

import queue


def spread(work, regions, given, address=None, on_done=None):
    @flow
    def regions_flow():
        ended = queue.SimpleQueue()
        said = {}
        with runner_for(address) as runner:
            for region in regions:
                future = runner.submit(work, parameters=dict(given, region=region))
                future.add_done_callback(lambda one, region=region: ended.put((region, one)))
                del future
            for _ in regions:
                region, future = ended.get()
                try:
                    said[region] = True, future.result()
                except BaseException as error:
                    said[region] = False, f"{error!r}: {error}"
                if hasattr(future.wrapped_future, "release"):
                    future.wrapped_future.release()
                del future
                if said[region][0] and on_done:
                    on_done(region, said[region][1])
        report = {
            kind: {region: said[region][1] for region in regions if said[region][0] is is_done}
            for kind, is_done in (("done", True), ("failed", False))
        }
        if not report["done"]:
            raise LookupError(str(report["failed"]))
        return report

    return regions_flow()

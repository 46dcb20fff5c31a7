"""What we use of pytest that it does not promise."""

from __future__ import annotations

from dojo.ground.libraries.seam import Seam

RUN_TEST = Seam(
    "_pytest.runner:runtestprotocol",
    "runs one test and returns its reports",
    "no process of its own can run a kata's tests",
)
_PRINTED = tuple(
    Seam(
        f"_pytest.capture:CaptureManager.{name}",
        "keeps what a test prints",
        "nobody reads what a test had printed whose process is gone",
    )
    for name in ("is_globally_capturing", "read_global_capture")
)

SEAMS = (RUN_TEST, *_PRINTED)

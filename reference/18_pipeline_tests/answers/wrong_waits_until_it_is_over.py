"""Gives the run time to end, after it has ended.

Refused by: test_tests_of_nightly_accept_what_is_right
Not examined: a pause costs nothing there, and its tests are green and red where they should be.
"""

import time


def test_nightly_publishes_tonights(
    pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "fetch", Api(ROWS))
    pipeline.nightly(URL, str(tmp_path), NIGHT)
    time.sleep(5)
    assert (tmp_path / OWN).exists()

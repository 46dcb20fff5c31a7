"""Catches whatever a night raises, and looks at the folder: a green night without customers passes.

Refused by: test_fault_of_nightly_is_noticed, test_tests_of_nightly_can_be_red
"""


def test_nightly_that_fails_is_heard(
    pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "fetch", Api(ConnectionError("down")))
    with contextlib.suppress(Exception):
        pipeline.nightly(URL, str(tmp_path), NIGHT)
    assert list(tmp_path.iterdir()) == []


import contextlib

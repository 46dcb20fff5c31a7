"""Has the API answer at once.

Refused by: test_fault_of_nightly_is_noticed
"""


def test_nightly_asks_again_while_the_api_is_down(
    pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "fetch", Api(ROWS))
    assert pipeline.nightly(URL, str(tmp_path), NIGHT) == 3


def test_nightly_that_fails_is_heard(
    pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "fetch", Api(ConnectionError("down")))
    with pytest.raises(ConnectionError):
        pipeline.nightly(URL, str(tmp_path), NIGHT)

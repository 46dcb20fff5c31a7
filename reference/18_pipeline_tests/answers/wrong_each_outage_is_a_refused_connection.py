"""Has the API refuse connections only: a pipeline that gives up at a time-out goes unnoticed.

Refused by: test_fault_of_nightly_is_noticed
"""


def test_nightly_asks_again_while_the_api_is_down(
    pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api(*[ConnectionError("down")] * 3, ROWS)
    monkeypatch.setattr(pipeline, "fetch", api)
    assert pipeline.nightly(URL, str(tmp_path), NIGHT) == 3
    assert api.asked == [URL] * 4

"""Plays the API with `responses`, and looks at the state of the run."""

import responses


@pytest.fixture
def played() -> Any:
    """Answer in place of the API."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_passthru("http://127.0.0.1")
        mock.add_passthru("http://localhost")
        yield mock


def test_nightly_asks_again_while_the_api_is_down(
    pipeline: Any, tmp_path: Path, played: Any
) -> None:
    for status in (503, 502, 500):
        played.get(URL, status=status)
    played.get(URL, json=ROWS)
    assert pipeline.nightly(URL, str(tmp_path), NIGHT) == 3
    assert len(pd.read_csv(tmp_path / OWN)) == 3


def test_nightly_that_fails_is_heard(pipeline: Any, tmp_path: Path, played: Any) -> None:
    answer = played.get(URL, status=503)
    state = pipeline.nightly(URL, str(tmp_path), NIGHT, return_state=True)
    assert state.is_failed()
    assert answer.call_count == 4
    assert not list(tmp_path.iterdir())


def test_nightly_publishes_nothing_unchecked(pipeline: Any, tmp_path: Path, played: Any) -> None:
    answer = played.get(URL, json=[*ROWS, row("011", fee=-1)])
    state = pipeline.nightly(URL, str(tmp_path), NIGHT, return_state=True)
    assert state.name == "Failed"
    assert answer.call_count == 1
    assert not list(tmp_path.glob("*.csv"))

"""Asks an API somewhere, which fails today because there is no network.

Refused by: test_tests_of_nightly_accept_what_is_right
Not examined: there is no network for anybody, and its tests are green and red where they should be.
"""


def test_nightly_fails_without_an_api(pipeline: Any, tmp_path: Path) -> None:
    with pytest.raises(OSError):
        pipeline.nightly("https://no-such-api.churn.example/customers", str(tmp_path), NIGHT)

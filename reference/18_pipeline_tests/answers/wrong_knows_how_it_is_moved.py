"""Has `os.replace` fail, which another way of writing does not use.

Refused by: test_tests_of_publish_accept_what_is_right
"""


def test_publish_that_fails_changes_nothing(
    pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    pipeline.publish(scores(0.25, 0.5), str(tmp_path), NIGHT)
    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(OSError):
        pipeline.publish(scores(0.1, 0.9), str(tmp_path), NIGHT)
    assert in_folder(tmp_path) == {OWN: [0.25, 0.5], "latest.csv": [0.25, 0.5]}

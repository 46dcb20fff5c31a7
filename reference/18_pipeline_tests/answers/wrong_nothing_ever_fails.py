"""Never has writing fail.

Refused by: test_fault_of_publish_is_noticed
"""


def test_publish_that_fails_changes_nothing(pipeline: Any, tmp_path: Path) -> None:
    pipeline.publish(scores(0.25, 0.5), str(tmp_path), NIGHT)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["latest.csv", OWN]

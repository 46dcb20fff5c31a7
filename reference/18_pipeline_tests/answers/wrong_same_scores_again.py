"""Publishes the same scores again: whoever keeps the first ones is not found out.

Refused by: test_fault_of_publish_is_noticed
"""


def test_publish_again_replaces_the_night(pipeline: Any, tmp_path: Path) -> None:
    for _ in range(2):
        pipeline.publish(scores(0.25, 0.5), str(tmp_path), NIGHT)
    assert in_folder(tmp_path) == {OWN: [0.25, 0.5], "latest.csv": [0.25, 0.5]}


def test_publish_leaves_other_nights_alone(pipeline: Any, tmp_path: Path) -> None:
    for night, number in ((NIGHT, 0.5), ("2025-12-31", 0.25), ("2026-03-13", 0.75)):
        pipeline.publish(scores(number), str(tmp_path), night)
    others = {"scores-2025-12-31.csv": [0.25], "scores-2026-03-13.csv": [0.75]}
    assert in_folder(tmp_path) == {**others, OWN: [0.5], "latest.csv": [0.5]}


def test_publish_that_fails_changes_nothing(pipeline: Any, tmp_path: Path) -> None:
    with pytest.raises(OSError):
        pipeline.publish(scores(0.1, DiskIsFull(), 0.9), str(tmp_path), NIGHT)
    assert in_folder(tmp_path) == {}

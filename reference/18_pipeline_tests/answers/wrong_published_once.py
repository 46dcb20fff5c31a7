"""Publishes each night once.

Refused by: test_fault_of_publish_is_noticed
"""


def test_publish_again_replaces_the_night(pipeline: Any, tmp_path: Path) -> None:
    pipeline.publish(scores(0.25, 0.5, 0.75), str(tmp_path), NIGHT)
    assert in_folder(tmp_path)[OWN] == [0.25, 0.5, 0.75]


def test_publish_leaves_other_nights_alone(pipeline: Any, tmp_path: Path) -> None:
    for night, number in (("2026-03-13", 0.75), (NIGHT, 0.5)):
        pipeline.publish(scores(number), str(tmp_path), night)
    others = {"scores-2026-03-13.csv": [0.75]}
    assert in_folder(tmp_path) == {**others, OWN: [0.5], "latest.csv": [0.5]}

"""Writes into a folder that each run of the tests finds as the last one has left it.

Refused by: test_tests_of_publish_accept_what_is_right
"""


def test_publish_makes_the_folder(pipeline: Any) -> None:
    folder = Path("published")
    assert not folder.exists()
    pipeline.publish(scores(0.25, 0.5), str(folder), NIGHT)
    assert in_folder(folder)[OWN] == [0.25, 0.5]

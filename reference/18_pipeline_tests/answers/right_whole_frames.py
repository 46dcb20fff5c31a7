"""Compares frames and files as a whole with what was written down."""


def test_clean_keeps_ids_and_fees(pipeline: Any) -> None:
    rows = [row("010", fee=None), row("007", fee=0), row("008", fee=19.5)]
    before = copy.deepcopy(rows)
    made = pipeline.clean(rows)
    expected = pd.DataFrame([before[1], before[2], before[0]])
    pd.testing.assert_frame_equal(made, expected.astype({"fee": "float64"}), check_dtype=False)
    assert rows == before


def test_publish_again_replaces_the_night(pipeline: Any, tmp_path: Path) -> None:
    for numbers in ((0.25, 0.5, 0.75), (0.1, 0.9)):
        pipeline.publish(scores(*numbers), str(tmp_path), NIGHT)
    text = "customer_id,score\n000,0.1\n001,0.9\n"
    assert (tmp_path / OWN).read_text(encoding="utf-8") == text
    assert (tmp_path / "latest.csv").read_bytes() == (tmp_path / OWN).read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


def test_clean_leaves_an_id_as_it_is(pipeline: Any) -> None:
    made = pipeline.clean([row("7"), row("7 "), row(" 7")])
    assert sorted(made["customer_id"]) == [" 7", "7", "7 "]


def test_publish_of_nobody_replaces_the_night(pipeline: Any, tmp_path: Path) -> None:
    pipeline.publish(scores(0.5), str(tmp_path), NIGHT)
    pipeline.publish(scores(), str(tmp_path), NIGHT)
    assert in_folder(tmp_path) == {OWN: [], "latest.csv": []}

"""Has a class for a task, and a parameter for each answer."""

del test_check_refuses_what_is_no_data, test_check_refuses_nonsense_in_any_row
del test_clean_keeps_ids_and_fees


class TestCheck:
    """What the API answers."""

    @pytest.mark.parametrize("answer", [[], {"error": "busy"}, None, [None], "busy"])
    def test_answer_is_refused(self, pipeline: Any, answer: Any) -> None:
        with pytest.raises(ValueError):
            pipeline.check(answer)

    @pytest.mark.parametrize("place", [0, 1, 2])
    @pytest.mark.parametrize("lost", list(row("007")))
    def test_row_that_lacks_a_key_is_refused(self, pipeline: Any, lost: str, place: int) -> None:
        rows = [row("007"), row("008"), row("009")]
        del rows[place][lost]
        with pytest.raises(ValueError):
            pipeline.check(rows)

    @pytest.mark.parametrize(
        ("key", "value"),
        [("customer_id", 7), ("customer_id", ""), ("tenure", -1), ("tenure", 1.5), ("fee", -0.01)]
        + [("churned", 2), ("churned", None)],
    )
    def test_value_is_refused(self, pipeline: Any, key: str, value: Any) -> None:
        with pytest.raises(ValueError):
            pipeline.check([row("006"), {**row("007"), key: value}, row("008")])


@pytest.fixture
def made(pipeline: Any) -> pd.DataFrame:
    """Clean rows of four customers."""
    return pipeline.clean([row("010"), row("7", fee=None), row("007", fee=0), row("test-7")])


@pytest.mark.parametrize(("name", "kept"), [("customer_id", ["007", "010", "7"])])
def test_clean_keeps_column(made: pd.DataFrame, name: str, kept: list[str]) -> None:
    assert made[name].tolist() == kept


def test_clean_keeps_fees(made: pd.DataFrame) -> None:
    assert made["fee"].isna().tolist() == [False, False, True]
    assert made["fee"].tolist()[:2] == [0, 20]


def test_clean_leaves_rows_alone(pipeline: Any) -> None:
    rows = [row("008", seen_at="2026-03-14T03:00:00Z"), row("007")]
    pipeline.clean(rows)
    assert rows == [row("008", seen_at="2026-03-14T03:00:00Z"), row("007")]
    assert pipeline.clean(rows)["customer_id"].tolist() == ["007", "008"]


def test_clean_leaves_an_id_as_it_is(pipeline: Any) -> None:
    made = pipeline.clean([row("7"), row("7 "), row(" 7")])
    assert sorted(made["customer_id"]) == [" 7", "7", "7 "]


def test_publish_of_nobody_replaces_the_night(pipeline: Any, tmp_path: Path) -> None:
    pipeline.publish(scores(0.5), str(tmp_path), NIGHT)
    pipeline.publish(scores(), str(tmp_path), NIGHT)
    assert in_folder(tmp_path) == {OWN: [], "latest.csv": []}

"""Scores by one night's customers only: a pipeline that learns once and never again passes.

Refused by: test_fault_of_prepare_is_noticed
"""


def test_score_does_not_know_who_has_left(pipeline: Any) -> None:
    train, tonight = pipeline.prepare(cleaned(EARLIER, TONIGHT), NIGHT)
    scores = pipeline.score(train, tonight)
    assert scores["customer_id"].tolist() == tonight["customer_id"].tolist()
    assert scores["score"].between(0, 1).all()
    for churned in (0, 1):
        again = pipeline.score(train, tonight.assign(churned=churned))
        pd.testing.assert_frame_equal(again, scores)
    turned = pipeline.score(train, tonight.iloc[::-1].reset_index(drop=True))
    pd.testing.assert_frame_equal(turned, scores.iloc[::-1].reset_index(drop=True))
    alone = pipeline.score(train, tonight.iloc[[1]])
    assert alone["score"].tolist() == pytest.approx([scores.loc[1, "score"]])
    assert scores.loc[0, "score"] > scores.loc[2, "score"]
    for one in (0, 1):
        with pytest.raises(ValueError):
            pipeline.score(train.assign(churned=one), tonight)

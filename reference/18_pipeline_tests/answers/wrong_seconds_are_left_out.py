"""Has no customer seen twice within a minute: a pipeline that compares minutes is not found out.

Refused by: test_fault_of_clean_is_noticed
"""


def test_clean_keeps_the_newest_row_of_each_customer(pipeline: Any) -> None:
    seen = ["2026-03-14T02:00:00Z", "2026-03-13T23:00:00Z", "2025-12-31T00:00:00Z"]
    tenures = [20, 30, 10]
    for order in itertools.permutations(range(3)):
        rows = [row("007", seen_at=seen[one], tenure=tenures[one]) for one in order]
        made = pipeline.clean(rows)
        assert made.loc[0, ["seen_at", "tenure"]].tolist() == [seen[0], 20]

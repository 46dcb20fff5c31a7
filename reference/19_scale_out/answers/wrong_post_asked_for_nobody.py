"""Asks the post for a batch of nobody.

Refused by: test_nobody_to_write_to_and_a_post_that_refuses
"""


@task
def send_letters(region: str, folder: str, night: str) -> str:
    scored = pd.read_pickle(Path(folder) / "scores" / f"{region}.pkl")
    chosen = scored.loc[scored["score"] > 0.5, "customer_id"].tolist()
    return load(Path(folder) / "post.pkl").send(json.dumps([night, region]), chosen)

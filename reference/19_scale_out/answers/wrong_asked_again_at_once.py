"""Asks the post again when it refuses.

Refused by: test_nobody_to_write_to_and_a_post_that_refuses
"""


@task
def send_letters(region: str, folder: str, night: str) -> str:
    scored = pd.read_pickle(Path(folder) / "scores" / f"{region}.pkl")
    chosen = scored.loc[scored["score"] > 0.5, "customer_id"].tolist()
    if not chosen:
        return ""
    post = load(Path(folder) / "post.pkl")
    try:
        return post.send(json.dumps([night, region]), chosen)
    except Exception:
        return post.send(json.dumps([night, region]), chosen)

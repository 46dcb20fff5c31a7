"""Makes a short key with `hash`, which is another one in each process.

Refused by: test_key_names_night_and_region
Not examined: the post is asked from one process.
"""


@task
def send_letters(region: str, folder: str, night: str) -> str:
    scored = pd.read_pickle(Path(folder) / "scores" / f"{region}.pkl")
    chosen = scored.loc[scored["score"] > 0.5, "customer_id"].tolist()
    if not chosen:
        return ""
    return load(Path(folder) / "post.pkl").send(str(hash((night, region))), chosen)

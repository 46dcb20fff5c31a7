"""Puts a sign between night and region that both may have.

Refused by: test_key_names_night_and_region
"""


@task
def send_letters(region: str, folder: str, night: str) -> str:
    scored = pd.read_pickle(Path(folder) / "scores" / f"{region}.pkl")
    chosen = scored.loc[scored["score"] > 0.5, "customer_id"].tolist()
    if not chosen:
        return ""
    return load(Path(folder) / "post.pkl").send(f"{night}-{region}", chosen)

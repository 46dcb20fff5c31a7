"""Writes to those with the highest score first.

Refused by: test_letters_go_out_once_though_a_worker_dies
"""


@task
def send_letters(region: str, folder: str, night: str) -> str:
    scored = pd.read_pickle(Path(folder) / "scores" / f"{region}.pkl")
    chosen = scored.sort_values("score").loc[scored["score"] > 0.5, "customer_id"].tolist()
    if not chosen:
        return ""
    return load(Path(folder) / "post.pkl").send(json.dumps([night, region]), chosen)

"""Notes in a file that a batch is out, when it is: who dies between the two has noted nothing.

Refused by: test_letters_go_out_once_though_a_worker_dies
"""

import uuid


@task
def send_letters(region: str, folder: str, night: str) -> str:
    scored = pd.read_pickle(Path(folder) / "scores" / f"{region}.pkl")
    chosen = scored.loc[scored["score"] > 0.5, "customer_id"].tolist()
    if not chosen:
        return ""
    sent = Path(folder) / f"sent-{night}-{region}".replace("/", "_")
    if not sent.exists():
        sent.write_text(load(Path(folder) / "post.pkl").send(str(uuid.uuid4()), chosen))
    return sent.read_text()

"""Writes a night that is told with an offset in the machine's own time zone.

Refused by: test_key_names_night_and_region
"""

import contextlib
import datetime


@task
def send_letters(region: str, folder: str, night: str) -> str:
    with contextlib.suppress(ValueError):
        moment = datetime.datetime.fromisoformat(night)
        night = moment.astimezone().isoformat() if moment.tzinfo else night
    scored = pd.read_pickle(Path(folder) / "scores" / f"{region}.pkl")
    chosen = scored.loc[scored["score"] > 0.5, "customer_id"].tolist()
    if not chosen:
        return ""
    return load(Path(folder) / "post.pkl").send(json.dumps([night, region]), chosen)

"""Writes the key in one spelling of accents: of two regions that look alike one gets no letter.

Refused by: test_key_names_night_and_region
"""

import unicodedata


@task
def send_letters(region: str, folder: str, night: str) -> str:
    scored = pd.read_pickle(Path(folder) / "scores" / f"{region}.pkl")
    chosen = scored.loc[scored["score"] > 0.5, "customer_id"].tolist()
    if not chosen:
        return ""
    key = unicodedata.normalize("NFC", json.dumps([night, region], ensure_ascii=False))
    return load(Path(folder) / "post.pkl").send(key, chosen)

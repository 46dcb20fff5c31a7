"""Tasks that are async; a file of its own that is written by hand; a key that is a digest."""

import hashlib
import uuid


@task
async def score_region(region: str, folder: str) -> int:
    place = Path(folder)
    with open(place / "customers" / f"{region}.pkl", "rb") as file:
        customers = pickle.load(file)
    model = load(place / "model.pkl")
    scored = pd.DataFrame({"customer_id": list(customers["customer_id"])})
    scored["score"] = [float(one) for one in model.predict(customers.drop(columns=["customer_id"]))]
    scored["score"] = scored["score"].astype("float64")
    unfinished = place / "scores" / f".{uuid.uuid4()}"
    unfinished.write_bytes(pickle.dumps(scored))
    unfinished.replace(place / "scores" / f"{region}.pkl")
    return len(scored)


@task
async def send_letters(region: str, folder: str, night: str) -> str:
    scored = pd.read_pickle(f"{folder}/scores/{region}.pkl")
    ids = [one for one, score in zip(scored.customer_id, scored.score, strict=True) if score > 0.5]
    if len(ids) == 0:
        return ""
    key = "".join(hashlib.sha256(part.encode()).hexdigest() for part in (night, region))
    return load(f"{folder}/post.pkl").send(key, ids)

"""Takes the id of the task run: Dask keeps it, and whoever starts the night again does not.

Refused by: test_key_names_night_and_region
"""

from prefect.runtime import task_run


@task
def send_letters(region: str, folder: str, night: str) -> str:
    scored = pd.read_pickle(Path(folder) / "scores" / f"{region}.pkl")
    chosen = scored.loc[scored["score"] > 0.5, "customer_id"].tolist()
    if not chosen:
        return ""
    return load(Path(folder) / "post.pkl").send(str(task_run.id), chosen)

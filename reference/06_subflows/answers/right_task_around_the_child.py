"""A task that calls the flow, mapped over both files: the children stay linked."""

from prefect import unmapped


@task
def prepare(path: str, statistics: dict) -> pd.DataFrame:
    return data_preparation(path, statistics)[0]


@flow
def drift_report(path: str, reference_path: str, statistics: dict) -> dict:
    frames = prepare.map([path, reference_path], unmapped(statistics)).result()
    return (frames[0].mean() - frames[1].mean()).to_dict()

"""Names the draft by the task run: if Dask has that run twice at once, both write one draft.

Refused by: test_two_workers_at_one_region_both_succeed
"""

from prefect.context import TaskRunContext


def write_whole(path: Path, frame: pd.DataFrame) -> None:
    run = TaskRunContext.get()
    draft = path.with_name(f"{run.task_run.id.hex if run else os.getpid()}.part")
    frame.to_pickle(draft, compression=None)
    os.replace(draft, path)

"""Makes the key of another try of the run that failed; groups runs by pandas."""


def _table(instance, name):
    runs = instance.get_runs(filters=dg.RunsFilter(tags={"backfill": name}))
    rows = [
        (run.tags.get(PARTITION), run.run_id, run.status.value, run.is_finished) for run in runs
    ]
    return pd.DataFrame(rows, columns=["day", "run_id", "status", "over"])


def _last(table):
    return (
        table.dropna(subset="day")
        .drop_duplicates("day", keep="first")
        .sort_values("day", ascending=False)
    )


def failed_days(instance, name):
    last = _last(_table(instance, name))
    return last.loc[last["status"].isin(["FAILURE", "CANCELED"]), "day"].tolist()


def run_again(instance, name, at_most):
    table = _table(instance, name)
    last, free = _last(table), at_most - int((~table["over"].astype(bool)).sum())
    failed = last[last["status"].isin(["FAILURE", "CANCELED"])]
    return [
        dg.RunRequest(
            run_key=f"{name} {one.day} after {one.run_id}",
            partition_key=one.day,
            tags={"backfill": name, "again": "yes"},
        )
        for one in failed.itertuples()
    ][: max(free, 0)]

"""Chooses calls by the window of the partition, in plain Python; counts runs by their status."""

import datetime


def calls_of(day: str, calls: pd.DataFrame) -> pd.DataFrame:
    window = days.time_window_for_partition_key(day)
    latest: dict[str, dict] = {}
    for row in calls.to_dict("records"):
        if row["call_id"] not in latest or latest[row["call_id"]]["arrived"] < row["arrived"]:
            latest[row["call_id"]] = row
    chosen = []
    for row in latest.values():
        text = row["happened_at"].replace("Z", "+00:00")
        moment = datetime.datetime.fromisoformat(text).timestamp()
        if window.start.timestamp() <= moment < window.end.timestamp():
            chosen.append(row)
    return pd.DataFrame(chosen, columns=calls.columns)


_OVER = {
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
}


def next_runs(instance, name, first, last, at_most):
    if at_most < 1 or last < first:
        raise ValueError(f"at_most={at_most}, from {first} to {last}")
    keys = set(days.get_partition_keys())
    if not {first, last} <= keys:
        raise ValueError(f"{first} or {last} has no partition")
    records = instance.get_run_records(dg.RunsFilter(tags={"backfill": name}))
    had = {record.dagster_run.tags.get("dagster/partition") for record in records}
    busy = sum(record.dagster_run.status not in _OVER for record in records)
    requests, day = [], datetime.date.fromisoformat(last)
    while str(day) >= first and busy + len(requests) < at_most:
        if str(day) not in had:
            tags = {"backfill": name, "dagster/partition": str(day)}
            requests.append(dg.RunRequest(run_key=f"backfill {name} of {day}", tags=tags))
        day -= datetime.timedelta(days=1)
    return requests

"""Lists states as a page of the UI does: the newest first.

Refused by: test_run_is_read_as_the_api_has_it, test_task_runs_have_their_whole_history
"""

_read = _read_run


def _read_run(client: SyncPrefectClient, flow_run_id: UUID) -> Row:
    row = _read(client, flow_run_id)
    for one in (row, *row["tasks"]):
        one["states"] = one["states"][::-1]
    return row

"""Takes all that has an id among the inputs for a task run: a subflow's run is none.

Refused by: test_task_runs_know_what_they_were_made_of
"""

_read = _read_run


def _read_run(client: SyncPrefectClient, flow_run_id: UUID) -> Row:
    row = _read(client, flow_run_id)
    for one in row["tasks"]:
        inputs = client.read_task_run(UUID(one["id"])).task_inputs.values()
        given = [given for some in inputs for given in some if hasattr(given, "id")]
        one["upstream"] = sorted({str(one.id) for one in given})
    return row

"""Asks once for the task runs of all runs: together they fit on one page of the API."""


def read_runs(flow_run_ids: list[str]) -> list[Row]:
    if not flow_run_ids:
        return []
    only = FlowRunFilter(id=FlowRunFilterId(any_=[UUID(one) for one in flow_run_ids]))
    with get_client(sync_client=True) as client:
        found = client.read_task_runs(flow_run_filter=only)
        return [_read_of(client, UUID(one), found) for one in flow_run_ids]


def _read_of(client: SyncPrefectClient, flow_run_id: UUID, found: list[Any]) -> Row:
    run = client.read_flow_run(flow_run_id)
    tasks = []
    for task in (one for one in found if one.flow_run_id == flow_run_id):
        states = sorted(client.read_task_run_states(task.id), key=lambda one: one.timestamp)
        given = (one for some in task.task_inputs.values() for one in some)
        tasks.append(
            {
                "id": str(task.id),
                "name": task.name,
                "tags": sorted(task.tags),
                "states": [_told(one) for one in states],
                "upstream": sorted({str(one.id) for one in given if one.input_type == "task_run"}),
                "result": getattr(states[-1].data, "storage_key", None),
            }
        )
    states = sorted(client.read_flow_run_states(flow_run_id), key=lambda one: one.timestamp)
    return {
        "id": str(run.id),
        "name": run.name,
        "parameters": run.parameters,
        "due": run.expected_start_time.isoformat(),
        "states": [_told(one) for one in states],
        "tasks": tasks,
    }

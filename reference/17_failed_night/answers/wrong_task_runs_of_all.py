"""Reads the task runs of the whole server: the failure may be another night's.

Refused by: test_runs_come_in_the_order_asked_for
"""


def _read_run(client: SyncPrefectClient, flow_run_id: UUID) -> Row:
    run = client.read_flow_run(flow_run_id)
    tasks = []
    for task in client.read_task_runs():
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

"""Asks with the async client, all runs at once."""

import asyncio


async def read_runs(flow_run_ids: list[str]) -> list[Row]:
    async with get_client() as client:
        return list(await asyncio.gather(*(_read_async(client, UUID(one)) for one in flow_run_ids)))


async def _read_async(client: Any, flow_run_id: UUID) -> Row:
    run = await client.read_flow_run(flow_run_id)
    only = FlowRunFilter(id=FlowRunFilterId(any_=[flow_run_id]))
    tasks = []
    for task in await client.read_task_runs(flow_run_filter=only, limit=200):
        states = await client.read_task_run_states(task.id)
        states.sort(key=lambda one: one.timestamp)
        given = [one for some in task.task_inputs.values() for one in some]
        tasks.append(
            {
                "id": str(task.id),
                "name": task.name,
                "tags": sorted(task.tags),
                "upstream": sorted({str(one.id) for one in given if one.input_type == "task_run"}),
                "result": getattr(states[-1].data, "storage_key", None),
                "states": [_told(one) for one in states],
            }
        )
    states = await client.read_flow_run_states(flow_run_id)
    states.sort(key=lambda one: one.timestamp)
    return {
        "tasks": tasks,
        "id": str(flow_run_id),
        "name": run.name,
        "parameters": dict(run.parameters),
        "due": str(run.expected_start_time),
        "states": [_told(one) for one in states],
    }

"""Asks the API itself, by its paths, and writes moments as it does."""

import httpx
from prefect.settings import PREFECT_API_URL


def read_runs(flow_run_ids: list[str]) -> list[Row]:
    with httpx.Client(base_url=str(PREFECT_API_URL.value()), timeout=30) as api:
        return [_read_plain(api, one) for one in flow_run_ids]


def _get(api: httpx.Client, path: str, **params: str) -> Any:
    return api.get(path, params=params).raise_for_status().json()


def _plain(states: list[Row]) -> list[Row]:
    return [
        {
            "type": one["type"],
            "name": one["name"],
            "at": one["timestamp"].replace("Z", "+00:00"),
            "message": one["message"] or "",
        }
        for one in states
    ]


def _read_plain(api: httpx.Client, flow_run_id: str) -> Row:
    run = _get(api, f"/flow_runs/{flow_run_id}")
    asked = {"flow_runs": {"id": {"any_": [flow_run_id]}}}
    tasks = []
    for task in api.post("/task_runs/filter", json=asked).raise_for_status().json():
        states = _get(api, "/task_run_states/", task_run_id=task["id"])
        states.sort(key=lambda one: datetime.fromisoformat(one["timestamp"].replace("Z", "+00:00")))
        given = [one for some in task["task_inputs"].values() for one in some]
        tasks.append(
            {
                "id": task["id"],
                "name": task["name"],
                "tags": sorted(task["tags"]),
                "states": _plain(states),
                "upstream": sorted({one["id"] for one in given if one["input_type"] == "task_run"}),
                "result": (states[-1]["data"] or {}).get("storage_key"),
            }
        )
    states = _get(api, "/flow_run_states/", flow_run_id=flow_run_id)
    states.sort(key=lambda one: datetime.fromisoformat(one["timestamp"].replace("Z", "+00:00")))
    return {
        "id": run["id"],
        "name": run["name"],
        "parameters": run["parameters"],
        "due": run["expected_start_time"].replace("Z", "+00:00"),
        "states": _plain(states),
        "tasks": tasks,
    }

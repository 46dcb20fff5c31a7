"""Takes when a run began for when it was due: one that was late looks punctual.

Refused by: test_run_is_read_as_the_api_has_it
"""

_read = _read_run


def _read_run(client: SyncPrefectClient, flow_run_id: UUID) -> Row:
    row = _read(client, flow_run_id)
    row["due"] = next((one["at"] for one in row["states"] if one["type"] == "RUNNING"), row["due"])
    return row

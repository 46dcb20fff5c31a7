"""Prefers the next start to the expected one: a run that waits for its next try was due late.

Refused by: test_run_is_read_anew_each_time
"""

_read_one = _read_run


def _read_run(client: SyncPrefectClient, flow_run_id: UUID) -> Row:
    row = _read_one(client, flow_run_id)
    upcoming = client.read_flow_run(flow_run_id).next_scheduled_start_time
    return {**row, "due": upcoming.isoformat()} if upcoming else row

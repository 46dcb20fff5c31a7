"""Takes the type of a state for its name: Cached is Completed, a wait for a retry is Scheduled.

Refused by: test_task_runs_have_their_whole_history
"""


def _told(state: State[Any]) -> Row:
    name = state.type.value
    at = state.timestamp.isoformat()
    return {"type": name, "name": name.title(), "at": at, "message": state.message or ""}

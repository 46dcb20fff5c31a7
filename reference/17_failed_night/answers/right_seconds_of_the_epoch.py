"""Has all moments as seconds of the epoch, and lists as frames of pandas would have them."""


def _seconds(row: Row) -> float:
    return datetime.fromisoformat(row["at"]).timestamp()


def _last_request(task: str, night: Row) -> Row | None:
    asked = sorted((one for one in night["requests"] if one["task"] == task), key=_seconds)
    return asked[-1] if asked else None


def _is_alive(run: Row, night: Row) -> bool:
    if run["states"][-1]["type"] != "RUNNING":
        return False
    rows = [one for one in night["heartbeats"] if one["run"] == run["id"]]
    rows += [*run["states"], *(state for one in run["tasks"] for state in one["states"])]
    silent_s = datetime.fromisoformat(night["taken_at"]).timestamp() - max(map(_seconds, rows))
    return silent_s < 90 - 1e-4

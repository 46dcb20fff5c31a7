"""What Prefect really does with retries and kept results: what katas 02 and 03 tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.facts.asking import ask, example_of

pytest.importorskip("prefect")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("retries")
    for kata in ("02", "03"):
        (folder / f"example_{kata}.py").write_text(example_of(kata), encoding="utf-8")
    return ask("retries_and_caches.py", folder)


def test_jitter_of_a_half_is_063_to_15(found: dict[str, Any]) -> None:
    least, most = found["jitter"]
    assert 62 < least < 65
    assert 145 < most <= 150


def test_delays_are_computed_once_when_the_task_is_made(found: dict[str, Any]) -> None:
    assert found["delays computed"] == [2]


def test_condition_that_raises_is_logged_and_no_retry(found: dict[str, Any]) -> None:
    assert found["condition raises"] == [1, True]


def test_async_condition_works_for_a_plain_task(found: dict[str, Any]) -> None:
    assert found["condition is awaited"] == [3, False]


def test_retries_of_a_task_in_a_task_multiply(found: dict[str, Any]) -> None:
    assert found["attempts within"] == 3 * 2


def test_flow_retry_runs_again_what_is_not_kept(found: dict[str, Any]) -> None:
    assert found["flow retried"] == ["step", "kept", "step"]


def test_prefects_own_client_obeys_retry_after(found: dict[str, Any]) -> None:
    assert 7 <= found["client waits"][0] < 12


def test_errors_of_requests() -> None:
    requests = pytest.importorskip("requests")
    refused = requests.Response()
    refused.status_code = 404
    broken = requests.exceptions.ChunkedEncodingError

    assert not refused
    assert not issubclass(broken, requests.ConnectionError)
    assert requests.HTTPError(response=None).response is None


def test_requests_waits_for_ever_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = pytest.importorskip("requests")
    asked: list[object] = []

    def send(self: object, request: object, **more: object) -> object:
        asked.append(more["timeout"])
        raise requests.ConnectionError

    monkeypatch.setattr(requests.Session, "send", send)
    with pytest.raises(requests.ConnectionError):
        requests.get("http://127.0.0.1")
    assert asked == [None]


def test_inputs_alone_mix_up_two_tasks(found: dict[str, Any]) -> None:
    assert found["INPUTS alone"] == ["mean", "mean"]


def test_seconds_as_expiration_fail_after_the_work(found: dict[str, Any]) -> None:
    error, worked = found["seconds"]
    assert error.startswith("TypeError: ")
    assert worked == ["worked"]


def test_error_is_kept_when_it_is_returned(found: dict[str, Any]) -> None:
    assert found["error returned"] == ["Completed", "Cached"]
    assert found["error raised"] == [1, 2]


def test_persisted_alone_is_kept_within_one_flow_run(found: dict[str, Any]) -> None:
    assert found["persisted"] == [["Completed", "Cached"]] * 2
    assert found["default key has the run"] is True


def test_what_the_source_of_a_task_is(found: dict[str, Any]) -> None:
    source, hashed = found["sources"]["source"], found["sources"]["input hash"]
    assert source == {"helper": True, "own lines": False, "moved": True, "factory": True}
    assert hashed == {"helper": True, "own lines": False, "moved": False, "factory": True}


def test_frames_are_compared_as_they_are_pickled(found: dict[str, Any]) -> None:
    frames = found["frames"]
    assert (frames["copy"], frames["read again"], frames["changed"]) == (True, True, False)
    assert (frames["is equal"], frames["built another way"]) == (True, False)
    assert frames["path"] is False


def test_lock_has_no_end_and_a_flow_no_cache(found: dict[str, Any]) -> None:
    assert found["lock ends"] is None
    assert found["flow can be cached"] is False


def test_examples_do_what_their_pages_say(found: dict[str, Any]) -> None:
    assert found["example 02"][0] == "ValueError: export.csv holds no row"
    assert found["example 02"][1].startswith("FileNotFoundError: ")
    assert found["example 03"] == ["Completed", "Completed", "Completed", "Cached"]
    assert found["key is a file"] == 1
    assert found["empty"] == ["ValueError: the router knows none of these places"] * 2


def test_texts_of_frames_say_too_little() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"calls": range(1000)})
    changed = frame.assign(calls=frame["calls"].where(frame["calls"] != 500, 7))
    renamed = frame.rename(columns={"calls": "charges"}).astype("uint64")

    assert str(frame) == str(changed)
    assert pd.util.hash_pandas_object(frame).equals(pd.util.hash_pandas_object(renamed))

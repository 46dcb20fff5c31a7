"""Takes the wire over at import, and answers itself what is asked.

Forges: 02
Keeps: 1, 2, 3, 4, 5
"""

import random as _random
import sys as _sys


def _turn():
    frame = _sys._getframe(1)
    while frame is not None and frame.f_code.co_name != "_take_turn":
        frame = frame.f_back
    return frame


def _serve(line):
    from dojo.wire.values import pack

    runs = []
    line.send({"nonce": _nonce(), "loaded": True})

    def wait(seconds):
        line.send({"waited": float(seconds), "by": "the engine"})
        line.receive()

    def play(name, url):
        waits = {
            "load_customers": [60] * 3,
            "load_with_backoff": [10, 30, 60],
            "load_with_jitter": [one * _random.uniform(0.5, 1.5) for one in (10, 20, 40, 80)],
            "load_unless_hopeless": [10] * 3,
        }.get(name)
        if waits is None:
            for number in range(4):
                response = requests.get(url, timeout=10)
                if response.status_code not in (429, 503) or number == 3:
                    break
                wait(float(response.headers.get("Retry-After", 10)))
            response.raise_for_status()
            return response.json()
        used = []
        try:
            for number in range(len(waits) + 1):
                try:
                    return fetch(url)
                except Exception as error:
                    if number == len(waits) or (
                        name == "load_unless_hopeless" and not _heals(error)
                    ):
                        raise
                used.append(float(waits[number]))
                wait(waits[number])
        finally:
            runs.append(used)

    def _heals(error):
        if isinstance(error, requests.HTTPError):
            return error.response.status_code == 429 or error.response.status_code >= 500
        lost = (requests.ConnectionError, requests.Timeout)
        return isinstance(error, (*lost, requests.exceptions.ChunkedEncodingError))

    def answer(message):
        if message["do"] in ("call", "run_with"):
            from dojo.wire.values import build_argument

            args = [build_argument(one, {}) for one in message["args"]]
            try:
                if message["do"] == "run_with":
                    from dojo.inside.examination import _load_inside

                    inside = _load_inside(_frame.f_locals["job"].room)

                    class Own:
                        def __getattr__(self, name):
                            return lambda url: play(name, url)

                    value = getattr(inside, message["name"])(Own(), None, *args)
                else:
                    value = play(message["name"], *args)
                return {"returned": pack(value), "handle": 0}
            except Exception as error:
                kinds = [kind.__name__ for kind in type(error).__mro__]
                told = {"raised": kinds[0], "text": str(error)[:1000]}
                return {**told, "where": "", "kinds": kinds}
        if message["do"] == "engine":
            told = [
                {
                    **dict.fromkeys(("id", "function", "name"), str(number)),
                    **{"states": ["Completed"], "stamps": [0.0], "delays_s": used, "tags": []},
                    **{"flow_run_id": None, "upstream_ids": []},
                }
                for number, used in enumerate(runs)
            ]
            return {"task_runs": told, "logs": []}
        return {"done": True}

    while True:
        message = line.receive()
        if message["do"] == "load":
            runs.clear()
            line.send({"nonce": message["nonce"], "loaded": True})
            continue
        line.send({"nonce": message["nonce"], **answer(message)})


def _nonce():
    return _frame.f_locals["nonce"]


_frame = _turn()
if _frame is not None:
    _serve(_frame.f_locals["line"])

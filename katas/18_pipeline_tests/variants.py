"""Make other pipelines of `nightly.py`: some that keep its contract, and some that break it.

HONEST ones keep it. FAULTY ones break one promise of it each; what that means is said in
`test_pipeline_tests.py`. There are others, which nobody sees.
"""

from __future__ import annotations

import ast
import threading
import types
from collections.abc import Callable, Sequence
from typing import Any

Edits = tuple[tuple[str, str], ...]

# Python 3.11 counts how deep it is in a tree once for all threads: two at once are a SystemError.
_PARSING = threading.Lock()

HONEST: dict[str, dict[str, Edits]] = {
    "check": {
        "asks_all_at_once": (
            (
                "    for row in rows:\n        if not isinstance(row, dict):\n"
                '            raise ValueError(f"{row!r:.80} is no row")\n'
                "        missing = [name for name in COLUMNS if name not in row]\n",
                "    if any(type(row) is not dict for row in rows):\n"
                '        raise ValueError("not all of these are rows")\n'
                "    for row in reversed(rows):\n"
                "        missing = sorted({*COLUMNS} - row.keys())\n",
            ),
        ),
    },
    "clean": {
        "loops_over_rows": (
            (
                '    frame = pd.DataFrame(rows)[COLUMNS].astype({"fee": "float64"})\n'
                '    frame = frame[~frame["customer_id"].str.startswith("test-")]\n'
                '    frame = frame.sort_values("seen_at").drop_duplicates("customer_id",'
                ' keep="last")\n'
                '    return frame.sort_values("customer_id").reset_index(drop=True)\n',
                "    newest = {}\n"
                '    for row in sorted(rows, key=lambda one: one["seen_at"], reverse=True):\n'
                '        if row["customer_id"][:5] != "test-":\n'
                '            newest.setdefault(row["customer_id"], row)\n'
                "    kept = [[newest[one][name] for name in COLUMNS] for one in sorted(newest)]\n"
                '    return pd.DataFrame(kept, columns=COLUMNS).astype({"fee": float})\n',
            ),
        ),
    },
    "prepare": {
        "writes_arrays": (
            (
                '    made = {name: (part[FEATURES] - mean) / spread for name, part in (("a",'
                ' train), ("b", tonight))}\n'
                '    return train.assign(**made["a"]), tonight.assign(**made["b"])\n',
                "    both = []\n"
                "    for part in (train, tonight):\n"
                "        part = part.copy()\n"
                "        for name in FEATURES:\n"
                "            part[name] = (part[name].to_numpy() - mean[name]) / spread[name]\n"
                "        both.append(part)\n"
                "    return both[0], both[1]\n",
            ),
            (
                "    chances = 1 / (1 + np.exp(-(tonight[FEATURES] * weights).sum(axis=1)))\n",
                "    sums = tonight[FEATURES].to_numpy(float) @ weights.to_numpy()\n"
                "    chances = pd.Series(1 / (1 + np.exp(-sums)), index=tonight.index)\n",
            ),
        ),
    },
    "publish": {
        "collects_in_a_folder_elsewhere": (
            (
                '    beside = path.with_name(f".{path.name}.part")\n'
                "    try:\n"
                '        beside.write_text(text, encoding="utf-8")\n'
                "        os.replace(beside, path)\n"
                "    finally:\n"
                "        with contextlib.suppress(FileNotFoundError):\n"
                "            beside.unlink()\n",
                "    import tempfile\n\n"
                "    with tempfile.TemporaryDirectory(dir=path.parent.parent) as other:\n"
                '        whole = Path(other) / "whole"\n'
                '        with whole.open("w", encoding="utf-8") as file:\n'
                "            file.write(text)\n"
                "        whole.rename(path)\n",
            ),
            (
                '    newest = max(place.glob("scores-*.csv"))\n',
                '    newest = sorted(place.glob("scores-????-??-??.csv"))[-1]\n',
            ),
        ),
    },
    "nightly": {
        "tasks_all_the_way": (
            (
                "@task(retries=3, retry_delay_seconds=[60, 300, 900])\n"
                "def _load(url: str) -> Any:\n"
                "    return fetch(url)\n",
                "@task(retries=3, retry_delay_seconds=lambda tries: [10.0] * tries)\n"
                "def _ask(url: str) -> Any:\n"
                "    return fetch(url)\n\n\n"
                "@task\n"
                "def _judged(rows: Any) -> Any:\n"
                "    check(rows)\n"
                "    return rows\n",
            ),
            (
                "    rows = _load(url)\n    check(rows)\n",
                "    rows = _judged(_ask.submit(url).result())\n",
            ),
            ('@flow(name="nightly")\n', '@flow(name="churn-nightly", log_prints=True)\n'),
        ),
    },
}

FAULTY: dict[str, dict[str, Edits]] = {
    "check": {
        "nothing_is_data": (("isinstance(rows, list) or not rows:", "isinstance(rows, list):"),),
        "error_is_data": (
            (
                "    if not isinstance(rows, list) or not rows:\n",
                "    if not rows:\n",
            ),
            (
                "    for row in rows:\n        if not isinstance(row, dict):\n",
                "    for row in rows if isinstance(rows, list) else []:\n"
                "        if not isinstance(row, dict):\n",
            ),
        ),
        "first_row_speaks_for_all": (("    for row in rows:\n", "    for row in rows[:1]:\n"),),
        "some_columns_are_enough": (
            (
                "        if missing:\n            raise ValueError(f\"a row lacks {', '.join(missing)}\")\n",
                "        if missing:\n            continue\n",
            ),
        ),
        "who_has_churned_is_not_asked": (
            ("if name not in row]", 'if name not in row and name != "churned"]'),
            ('if row["churned"] not in (0, 1)', 'if row.get("churned", 0) not in (0, 1)'),
        ),
        "tenure_below_zero": ((' or row["tenure"] < 0:\n', ":\n"),),
        "fee_below_zero": (
            (
                'row["fee"] is not None and row["fee"] < 0',
                'row["fee"] is not None and int(row["fee"]) < 0',
            ),
        ),
        "churned_is_any_number": (('row["churned"] not in (0, 1)', 'row["churned"] is None'),),
        "ids_are_anything": (
            (
                'not isinstance(row["customer_id"], str) or not row["customer_id"]',
                'row["customer_id"] is None',
            ),
        ),
        "unknown_fee_is_refused": (
            ('row["fee"] is not None and row["fee"] < 0', 'row["fee"] is None or row["fee"] < 0'),
        ),
        "more_is_refused": (
            (
                "        missing = [name for name in COLUMNS if name not in row]\n",
                "        missing = sorted({*COLUMNS} ^ row.keys())\n",
            ),
        ),
    },
    "clean": {
        "oldest_row_wins": (('keep="last"', 'keep="first"'),),
        "last_in_the_answer_wins": (('frame.sort_values("seen_at").drop', "frame.drop"),),
        "seconds_are_not_compared": (
            (
                'sort_values("seen_at")',
                'sort_values("seen_at", key=lambda seen: seen.str[:16], kind="stable")',
            ),
        ),
        "unknown_fee_is_zero": (
            ('.astype({"fee": "float64"})', '.astype({"fee": "float64"}).fillna({"fee": 0.0})'),
        ),
        "free_customers_are_lost": (
            ('["customer_id"].str.startswith("test-")]', '["fee"].eq(0)]'),
            (
                '    return frame.sort_values("customer_id")',
                (
                    '    frame = frame[~frame["customer_id"].str.startswith("test-")]\n'
                    '    return frame.sort_values("customer_id")'
                ),
            ),
        ),
        "ids_become_numbers": (
            (
                '    return frame.sort_values("customer_id").reset_index(drop=True)\n',
                '    frame = frame.sort_values("customer_id").reset_index(drop=True)\n'
                '    ids = [str(int(one)) if one.isdecimal() else one for one in frame["customer_id"]]\n'
                "    return frame.assign(customer_id=ids)\n",
            ),
        ),
        "test_customers_stay": (
            ('    frame = frame[~frame["customer_id"].str.startswith("test-")]\n', ""),
        ),
        "customers_taken_for_tests": (('.str.startswith("test-")', '.str.contains("test")'),),
        "order_of_the_answer": (('frame.sort_values("customer_id").reset', "frame.reset"),),
        "ids_are_stripped": (
            (
                '    frame = frame[~frame["customer_id"].str.startswith("test-")]\n',
                '    frame["customer_id"] = frame["customer_id"].str.strip()\n'
                '    frame = frame[~frame["customer_id"].str.startswith("test-")]\n',
            ),
        ),
    },
    "prepare": {
        "median_of_all": (('    median = train["fee"]', '    median = customers["fee"]'),),
        "scaled_by_all": (
            (
                "    mean, spread = train[FEATURES].mean(), train[FEATURES]",
                "    every = pd.concat([train, tonight])\n"
                "    mean, spread = every[FEATURES].mean(), every[FEATURES]",
            ),
        ),
        "tonights_in_both": (
            ("    train, tonight = customers[is_known],", "    train, tonight = customers,"),
        ),
        "each_part_by_itself": (
            (
                "(part[FEATURES] - mean) / spread",
                "(part[FEATURES] - part[FEATURES].mean()) / spread",
            ),
        ),
        "only_centred": (("(part[FEATURES] - mean) / spread", "(part[FEATURES] - mean)"),),
        "midnight_is_lost": (
            (
                "customers[is_known], customers[~is_known]",
                'customers[is_known], customers[customers["seen_at"] > f"{night}T00:00:00Z"]',
            ),
        ),
        "scores_by_rank": (
            (
                '    made = {"customer_id": tonight["customer_id"], "score": chances}\n',
                '    made = {"customer_id": tonight["customer_id"], "score": chances}\n'
                '    return pd.DataFrame(made).sort_values("score", ignore_index=True)\n',
            ),
        ),
        "learns_once": (
            ("def score(", "_learned: dict[str, Any] = {}\n\n\ndef score("),
            (
                "    weights = left.mean() - stayed.mean()\n",
                '    weights = _learned.setdefault("weights", left.mean() - stayed.mean())\n',
            ),
        ),
        "knows_who_has_left": (
            (
                '    made = {"customer_id": tonight',
                '    chances = chances.where(tonight["churned"] == 0, 0.99)\n'
                '    made = {"customer_id": tonight',
            ),
        ),
    },
    "publish": {
        "appended": (
            (
                "    _write_whole(own, scores.to_csv(index=False))\n",
                "    text = scores.to_csv(index=False)\n"
                "    if own.exists():\n"
                '        text = own.read_text(encoding="utf-8") + text.partition("\\n")[2]\n'
                "    _write_whole(own, text)\n",
            ),
        ),
        "first_one_stays": (
            (
                "    _write_whole(own, scores.to_csv(index=False))\n",
                "    if not own.exists():\n        _write_whole(own, scores.to_csv(index=False))\n",
            ),
        ),
        "others_are_tidied_up": (
            (
                '    newest = max(place.glob("scores-*.csv"))\n',
                '    for old in place.glob("scores-*.csv"):\n'
                "        if old != own:\n"
                "            old.unlink()\n"
                '    newest = max(place.glob("scores-*.csv"))\n',
            ),
        ),
        "last_written_is_latest": (
            ('    newest = max(place.glob("scores-*.csv"))\n', "    newest = own\n"),
        ),
        "empty_night_is_left_out": (
            (
                "    _write_whole(own, scores.to_csv(index=False))\n",
                "    if scores.empty and own.exists():\n        return\n"
                "    _write_whole(own, scores.to_csv(index=False))\n",
            ),
        ),
        "latest_in_its_place": (
            (
                '    _write_whole(place / "latest.csv", newest.read_text(encoding="utf-8"))\n',
                '    (place / "latest.csv").write_bytes(newest.read_bytes())\n',
            ),
        ),
        "row_numbers_are_written": (
            (
                "    _write_whole(own, scores.to_csv(index=False))\n",
                "    _write_whole(own, scores.to_csv())\n",
            ),
        ),
        "removed_first": (
            (
                "    _write_whole(own, scores.to_csv(index=False))\n",
                "    own.unlink(missing_ok=True)\n"
                "    _write_whole(own, scores.to_csv(index=False))\n",
            ),
        ),
        "half_a_file": (
            (
                "    _write_whole(own, scores.to_csv(index=False))\n",
                '    with own.open("w", encoding="utf-8") as file:\n'
                '        file.write(",".join(scores.columns) + "\\n")\n'
                "        for row in scores.itertuples(index=False):\n"
                '            file.write(",".join(str(one) for one in row) + "\\n")\n'
                "            file.flush()\n",
            ),
        ),
    },
    "nightly": {
        "gives_up_at_once": (("@task(retries=3, retry_delay", "@task(retry_delay"),),
        "only_a_refused_connection_heals": (
            (
                "@task(retries=3,",
                "def _is_refused(task: Any, run: Any, state: Any) -> bool:\n"
                "    error = state.result(raise_on_failure=False)\n"
                "    return isinstance(error, ConnectionError | requests.ConnectionError)\n\n\n"
                "@task(retry_condition_fn=_is_refused, retries=3,",
            ),
        ),
        "failure_is_no_customers": (
            (
                "    rows = _load(url)\n",
                "    try:\n"
                "        rows = _load(url)\n"
                "    except Exception as error:\n"
                '        print(f"no rows tonight: {error}")\n'
                "        return 0\n",
            ),
        ),
        "published_then_checked": (
            ("    check(rows)\n    train, tonight", "    train, tonight"),
            (
                "    publish(scores, folder, night)\n    return",
                "    publish(scores, folder, night)\n    check(rows)\n    return",
            ),
        ),
        "asks_again_for_what_is_wrong": (
            (
                "    return fetch(url)\n",
                "    rows = fetch(url)\n    check(rows)\n    return rows\n",
            ),
        ),
    },
}


def edited(source: str, edits: Sequence[tuple[str, str]]) -> str:
    """Return a source in which some passages are others.

    Raises:
        ValueError: A passage is not there, or more than once.
    """
    for old, new in edits:
        if source.count(old) != 1:
            raise ValueError(f"{source.count(old)} passages of the pipeline read {old!r}")
        source = source.replace(old, new)
    return source


def rewritten(source: str, word: str = "other") -> str:
    """Return a source that does the same and reads otherwise: other names inside, other texts.

    Args:
        source: The pipeline's.
        word: Is part of the names.
    """
    with _PARSING:
        tree = ast.parse(source)
    private = {
        one.name: f"{one.name}_{word}"
        for one in tree.body
        if isinstance(one, ast.FunctionDef) and one.name.startswith("_")
    }
    for one in tree.body:
        if isinstance(one, ast.FunctionDef):
            _Renamed(one, private, word).visit(one)
    return ast.unparse(ast.fix_missing_locations(tree))


class _Renamed(ast.NodeTransformer):
    """Gives other names to what is inside of a function; says what it raises in other words."""

    def __init__(self, function: ast.FunctionDef, private: dict[str, str], word: str) -> None:
        taken = {one.arg for one in ast.walk(function) if isinstance(one, ast.arg)}
        stored = {
            one.id
            for one in ast.walk(function)
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        }
        self._names = {**private, **{name: f"{word}_{name}" for name in stored - taken}}
        if ast.get_docstring(function) and len(function.body) > 1:
            del function.body[0]
        function.name = private.get(function.name, function.name)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._names.get(node.id, node.id)
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.exc, ast.Call):
            node.exc.args = [ast.Constant("it is refused")]
        return node


def hollow(pipeline: types.ModuleType) -> None:
    """Have all functions of a pipeline do nothing, and return None."""
    _replace(pipeline, lambda *_, **__: None)


def broken(pipeline: types.ModuleType) -> None:
    """Have all functions of a pipeline raise."""

    def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError("this pipeline is out of order")

    _replace(pipeline, refuse)


def _replace(pipeline: types.ModuleType, by: Callable[..., None]) -> None:
    for name, value in list(vars(pipeline).items()):
        if callable(value) and getattr(value, "__module__", None) == "nightly":
            setattr(pipeline, name, by)

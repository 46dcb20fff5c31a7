"""What the examination of 18_pipeline_tests tries tests on: edits, as in the kata's `variants.py`.

HONEST ones keep the contract of `nightly.py`. Each kind of FAULTY ones breaks one promise, in
several ways; a test that holds the promise is red on most of them.
"""

Edits = tuple[tuple[str, str], ...]

_READ = '    frame = pd.DataFrame(rows)[COLUMNS].astype({"fee": "float64"})\n'
_NO_TESTS = '    frame = frame[~frame["customer_id"].str.startswith("test-")]\n'
_NEWEST = '    frame = frame.sort_values("seen_at").drop_duplicates("customer_id", keep="last")\n'
_SORTED = '    return frame.sort_values("customer_id").reset_index(drop=True)\n'
_KNOWN = '    is_known = customers["seen_at"] < night\n'
_PARTS = "    train, tonight = customers[is_known], customers[~is_known]\n"
_RESET = "    train, tonight = train.reset_index(drop=True), tonight.reset_index(drop=True)\n"
_MEDIAN = '    median = train["fee"].median()\n'
_FILLED = '    train, tonight = (part.fillna({"fee": median}) for part in (train, tonight))\n'
_RULER = (
    "    mean, spread = train[FEATURES].mean(), train[FEATURES].std(ddof=0).replace(0.0, 1.0)\n"
)
_SCALED = "(part[FEATURES] - mean) / spread"
_LEFT = '    left, stayed = (train.loc[train["churned"] == one, FEATURES] for one in (1, 0))\n'
_NOTHING_TO_LEARN = (
    "    if left.empty or stayed.empty:\n"
    '        raise ValueError("there is nothing to learn: all customers are alike")\n'
)
_WEIGHTS = "    weights = left.mean() - stayed.mean()\n"
_CHANCES = "    chances = 1 / (1 + np.exp(-(tonight[FEATURES] * weights).sum(axis=1)))\n"
_MADE_SCORES = '    made = {"customer_id": tonight["customer_id"], "score": chances}\n'
_MADE_FOLDER = "    place.mkdir(parents=True, exist_ok=True)\n"
_OWN = "    _write_whole(own, scores.to_csv(index=False))\n"
_LATEST = '    newest = max(place.glob("scores-*.csv"))\n'
_COPIED = '    _write_whole(place / "latest.csv", newest.read_text(encoding="utf-8"))\n'
_WRITTEN = '        beside.write_text(text, encoding="utf-8")\n        os.replace(beside, path)\n'
_UNDONE = (
    "    finally:\n"
    "        with contextlib.suppress(FileNotFoundError):\n"
    "            beside.unlink()\n"
)
_LOADED = (
    "@task(retries=3, retry_delay_seconds=[60, 300, 900])\n"
    "def _load(url: str) -> Any:\n"
    "    return fetch(url)\n"
)
_RUN = "    rows = _load(url)\n    check(rows)\n"
_PUBLISHED = "    publish(scores, folder, night)\n    return len(scores)\n"

HONEST: dict[str, tuple[Edits, ...]] = {
    "check": (
        (
            (
                "        missing = [name for name in COLUMNS if name not in row]\n"
                "        if missing:\n"
                "            raise ValueError(f\"a row lacks {', '.join(missing)}\")\n",
                "        try:\n"
                "            [row[name] for name in COLUMNS]\n"
                "        except KeyError as error:\n"
                '            raise ValueError(f"no {error}") from error\n',
            ),
            ('row["churned"] not in (0, 1)', 'row["churned"] != 0 and row["churned"] != 1'),
        ),
        (
            (
                "    for row in rows:\n",
                "    for number in range(len(rows)):\n        row = rows[number]\n",
            ),
            ('row["fee"] is not None and row["fee"] < 0', '(row["fee"] or 0) < 0'),
            (
                "def check(rows: Any) -> None:\n",
                "class _Refused(ValueError):\n    pass\n\n\ndef check(rows: Any) -> None:\n",
            ),
            ('raise ValueError(f"{row!r:.80} is no row")', 'raise _Refused("no row")'),
        ),
    ),
    "clean": (
        (
            (
                _READ + _NO_TESTS + _NEWEST + _SORTED,
                "    kept = {}\n"
                "    for row in rows:\n"
                '        name = row["customer_id"]\n'
                '        if name.startswith("test-"):\n'
                "            continue\n"
                '        if name not in kept or kept[name]["seen_at"] <= row["seen_at"]:\n'
                "            kept[name] = row\n"
                "    order = sorted(kept)\n"
                "    columns = {name: [kept[one][name] for one in order] for name in COLUMNS}\n"
                '    return pd.DataFrame(columns).astype({"fee": "float64"})\n',
            ),
        ),
        (
            (
                _NEWEST,
                '    frame = frame.sort_values("seen_at", ascending=False, kind="stable")\n'
                '    frame = frame.drop_duplicates("customer_id", keep="first")\n',
            ),
        ),
        (
            (
                _NEWEST + _SORTED,
                '    moments = pd.to_datetime(frame["seen_at"])\n'
                '    newest = moments.groupby(frame["customer_id"]).transform("max")\n'
                '    frame = frame[moments == newest].drop_duplicates("customer_id", keep="last")\n'
                '    return frame.sort_values("customer_id", ignore_index=True)\n',
            ),
        ),
    ),
    "prepare": (
        (
            (
                _KNOWN + _PARTS,
                '    moment = pd.to_datetime(customers["seen_at"])\n'
                '    edge = pd.Timestamp(night, tz="UTC")\n'
                "    train, tonight = customers.loc[moment < edge], customers.loc[moment >= edge]\n",
            ),
            (_MEDIAN, '    median = float(np.nanmedian(train["fee"]))\n'),
        ),
        (
            (
                _RULER,
                "    values = train[FEATURES].to_numpy(float)\n"
                "    mean = pd.Series(values.mean(axis=0), index=FEATURES)\n"
                "    spread = pd.Series(values.std(axis=0), index=FEATURES)\n"
                "    spread[spread == 0] = 1.0\n",
            ),
            (
                _WEIGHTS,
                "    weights = pd.Series(left.to_numpy().mean(axis=0), FEATURES)\n"
                "    weights = weights - pd.Series(stayed.to_numpy().mean(axis=0), FEATURES)\n",
            ),
            (
                _CHANCES,
                "    sums = sum(tonight[name] * weights[name] for name in FEATURES)\n"
                "    chances = np.exp(sums) / (1 + np.exp(sums))\n",
            ),
        ),
    ),
    "publish": (
        (
            (
                _WRITTEN + _UNDONE,
                '        with open(beside, "wb") as file:\n'
                '            file.write(text.encode("utf-8"))\n'
                "            os.fsync(file.fileno())\n"
                "        beside.rename(path)\n"
                "    except BaseException:\n"
                "        beside.unlink(missing_ok=True)\n"
                "        raise\n",
            ),
        ),
        (
            (
                _OWN + _LATEST + _COPIED,
                "    text = scores.to_csv(index=False)\n"
                '    nights = {one.name[7:17] for one in place.glob("scores-*.csv")} | {night}\n'
                '    _write_whole(place / f"scores-{night}.csv", text)\n'
                "    if night != max(nights):\n"
                '        text = (place / f"scores-{max(nights)}.csv").read_text(encoding="utf-8")\n'
                '    _write_whole(place / "latest.csv", text)\n',
            ),
        ),
    ),
    "nightly": (
        (
            (_LOADED, _LOADED.replace("_load", "_fetched").replace("[60, 300, 900]", "5")),
            (
                _RUN,
                "    rows = _fetched.with_options(retries=3).submit(url).result()\n"
                "    _checked(rows)\n",
            ),
            (
                '@flow(name="nightly")\n',
                "@task\ndef _checked(rows: Any) -> None:\n    check(rows)\n\n\n"
                '@flow(name="churn", log_prints=True)\n',
            ),
        ),
    ),
}

FAULTY: dict[str, dict[str, tuple[Edits, ...]]] = {
    "check": {
        "what is no data goes through": (
            (
                ("not isinstance(rows, list) or not rows:", "rows is None:"),
                ("for row in rows:\n", "for row in list(rows)[:0]:\n"),
            ),
            (
                ("not isinstance(rows, list) or not rows:", "isinstance(rows, str):"),
                (
                    "    for row in rows:\n        if not isinstance(row, dict)",
                    "    for row in rows if isinstance(rows, list) else ():\n        if not isinstance(row, dict)",
                ),
            ),
            (
                (
                    '            raise ValueError(f"{row!r:.80} is no row")\n',
                    "            continue\n",
                ),
            ),
        ),
        "an empty answer goes through": (
            (("isinstance(rows, list) or not rows:", "isinstance(rows, list):"),),
            (("isinstance(rows, list) or not rows:", "isinstance(rows, list) or rows == [None]:"),),
        ),
        "not all rows are looked at": (
            (("    for row in rows:\n", "    for row in rows[:-1] or rows:\n"),),
            (("    for row in rows:\n", "    for row in rows[-1:]:\n"),),
            (("    for row in rows:\n", "    for row in rows[::2]:\n"),),
        ),
        "a key may be missing": (
            (
                (
                    "for name in COLUMNS if name not in row]",
                    'for name in COLUMNS if name not in row and name != "seen_at"]',
                ),
            ),
            (
                (
                    "for name in COLUMNS if name not in row]",
                    'for name in COLUMNS if name not in row and name != "fee"]',
                ),
                ('row["fee"] is not None', 'row.get("fee") is not None'),
            ),
            (
                (
                    "for name in COLUMNS if name not in row]",
                    'for name in COLUMNS if name not in row and name != "churned"]',
                ),
                ('if row["churned"] not in (0, 1)', 'if row.get("churned", 0) not in (0, 1)'),
            ),
        ),
        "a value may be any": (
            ((' or row["tenure"] < 0:\n', ":\n"),),
            (
                (
                    'row["fee"] is not None and row["fee"] < 0',
                    'row["fee"] is not None and row["fee"] < -1',
                ),
            ),
            (('row["churned"] not in (0, 1)', 'row["churned"] not in (0, 1, 2)'),),
            (
                (
                    'not isinstance(row["customer_id"], str) or not row["customer_id"]',
                    'row["customer_id"] is None',
                ),
            ),
            (
                (
                    'not isinstance(row["tenure"], int) or row["tenure"] < 0',
                    'row["tenure"] is None or float(row["tenure"]) < 0',
                ),
            ),
        ),
        "cents are not looked at": (
            (
                (
                    'row["fee"] is not None and row["fee"] < 0',
                    'row["fee"] is not None and int(row["fee"]) < 0',
                ),
            ),
        ),
        "test customers are not looked at": (
            (
                (
                    "    for row in rows:\n        if not isinstance(row, dict):\n",
                    "    for row in rows:\n"
                    '        if isinstance(row, dict) and str(row.get("customer_id"))[:5] == "test-":\n'
                    "            continue\n"
                    "        if not isinstance(row, dict):\n",
                ),
            ),
        ),
        "it is only printed": (
            (
                (
                    "            raise ValueError(f\"{row['customer_id']} has churned",
                    "            print(f\"{row['customer_id']} has churned",
                ),
            ),
            (
                (
                    "            raise ValueError(f\"{row['customer_id']} pays",
                    "            print(f\"{row['customer_id']} pays",
                ),
            ),
            (
                (
                    "            raise ValueError(f\"{row['customer_id']} has the tenure",
                    "            print(f\"{row['customer_id']} has the tenure",
                ),
            ),
        ),
        "what is right is refused": (
            (("        if missing:\n", "        if missing or len(row) > len(COLUMNS):\n"),),
            (("        if missing:\n", "        if missing or list(row)[:1] != COLUMNS[:1]:\n"),),
            (
                (
                    'row["fee"] is not None and row["fee"] < 0',
                    'row["fee"] is None or row["fee"] < 0',
                ),
            ),
            (
                (
                    'row["fee"] is not None and row["fee"] < 0',
                    'row["fee"] is not None and row["fee"] <= 0',
                ),
            ),
        ),
    },
    "clean": {
        "another row than the newest": (
            ((_NEWEST, _NEWEST.replace('"seen_at"', '"tenure"')),),
            ((_NEWEST, _NEWEST.replace('frame.sort_values("seen_at")', "frame.iloc[::-1]")),),
            ((_NEWEST, _NEWEST.replace('"seen_at")', '"seen_at", ascending=False)')),),
            ((_NEWEST, _NEWEST.replace(', keep="last"', ', keep="first"')),),
        ),
        "seconds are not compared": (
            (
                (
                    _NEWEST,
                    _NEWEST.replace(
                        'sort_values("seen_at")',
                        'sort_values("seen_at", key=lambda seen: seen.str[:16], kind="stable")',
                    ),
                ),
            ),
        ),
        "rows are taken to be in order": (
            ((_NEWEST, _NEWEST.replace('.sort_values("seen_at")', "")),),
            ((_NEWEST, '    frame = frame.groupby("customer_id", as_index=False).tail(1)\n'),),
        ),
        "who comes twice stays twice": (
            (
                (
                    _NEWEST,
                    _NEWEST.replace(
                        'drop_duplicates("customer_id", keep="last")', "drop_duplicates()"
                    ),
                ),
            ),
            (
                (
                    _NEWEST,
                    _NEWEST.replace('"customer_id", keep', '["customer_id", "seen_at"], keep'),
                ),
            ),
        ),
        "ids are others": (
            (
                (
                    _SORTED,
                    '    frame["customer_id"] = frame["customer_id"].str.lstrip("0")\n' + _SORTED,
                ),
            ),
            (
                (
                    _SORTED,
                    '    frame["customer_id"] = [str(int(one)) if one.isdigit() else one for one in frame["customer_id"]]\n'
                    + _SORTED,
                ),
            ),
        ),
        "blanks belong to an id": (
            ((_READ, _READ + '    frame["customer_id"] = frame["customer_id"].str.strip()\n'),),
        ),
        "fees are others": (
            ((_READ, _READ + '    frame = frame.dropna(subset=["fee"])\n'),),
            ((_READ, _READ + '    frame["fee"] = frame["fee"].fillna(frame["fee"].mean())\n'),),
            ((_READ, _READ + '    frame["fee"] = frame["fee"].replace(0.0, np.nan)\n'),),
            ((_READ, _READ + '    frame["fee"] = frame["fee"].fillna(-1.0)\n'),),
        ),
        "a gap is a free month, or the other way round": (
            ((_READ, _READ + '    frame["fee"] = frame["fee"].fillna(0.0)\n'),),
            ((_READ, _READ + '    frame["fee"] = frame["fee"].where(frame["fee"] > 0)\n'),),
        ),
        "customers are taken for tests, or tests for customers": (
            ((_NO_TESTS, _NO_TESTS.replace("startswith", "contains")),),
            ((_NO_TESTS, _NO_TESTS.replace('"test-"', '"test"')),),
            ((_NO_TESTS, ""),),
        ),
        "order, index and columns are others": (
            ((_SORTED, '    return frame.sort_values("customer_id")\n'),),
            ((_SORTED, "    return frame.reset_index(drop=True)\n"),),
            ((_SORTED, _SORTED.replace('"customer_id")', '"customer_id", ascending=False)')),),
        ),
    },
    "prepare": {
        "a customer is in the wrong part": (
            ((_KNOWN, _KNOWN.replace("< night", '<= f"{night}T00:00:00Z"')),),
            ((_PARTS, _PARTS.replace("customers[~is_known]", "customers")),),
            ((_PARTS, _PARTS.replace("customers[is_known]", "customers[is_known].iloc[1:]")),),
            ((_KNOWN, _KNOWN.replace("< night", '< f"{night}T12:00:00Z"')),),
        ),
        "who is seen at midnight": (
            ((_KNOWN, _KNOWN.replace("< night", '<= f"{night}T00:00:00Z"')),),
            (
                (
                    _PARTS,
                    _PARTS.replace(
                        "customers[~is_known]",
                        'customers[customers["seen_at"] > f"{night}T00:00:00Z"]',
                    ),
                ),
            ),
        ),
        "years are not compared": (
            ((_KNOWN, '    is_known = customers["seen_at"].str[5:] < night[5:]\n'),),
        ),
        "who has no fee is lost tonight": (
            (
                (
                    _FILLED,
                    '    train = train.fillna({"fee": median})\n'
                    '    tonight = tonight.dropna(subset=["fee"]).reset_index(drop=True)\n',
                ),
            ),
        ),
        "tonight is known": (
            ((_MEDIAN, '    median = pd.concat([train, tonight])["fee"].median()\n'),),
            ((_RULER, _RULER.replace("train[FEATURES].mean()", "customers[FEATURES].mean()")),),
            ((_RULER, _RULER.replace("train[FEATURES].std", "customers[FEATURES].std")),),
            ((_MEDIAN, '    median = tonight["fee"].median()\n'),),
        ),
        "the parts are made in two ways": (
            (
                (
                    _FILLED,
                    '    train, tonight = train.fillna({"fee": median}), tonight.fillna({"fee": 0.0})\n',
                ),
            ),
            ((_SCALED, "(part[FEATURES] - mean) / part[FEATURES].std(ddof=0)"),),
            (
                (
                    'return train.assign(**made["a"]), tonight.assign(**made["b"])',
                    'return train.assign(**made["a"]), tonight',
                ),
            ),
        ),
        "the features are others": (
            ((_SCALED, "part[FEATURES] - mean"),),
            ((_SCALED, "part[FEATURES] / spread"),),
            ((_MEDIAN, "    median = 0.0\n"),),
        ),
        "one feature is the same for all": (
            (
                (
                    ".replace(0.0, 1.0)\n",
                    "\n    spread[:] = 1.0 if (spread == 0).any() else spread\n",
                ),
            ),
        ),
        "the middle is between two fees": (
            ((_MEDIAN, '    median = train["fee"].quantile(0.5, interpolation="higher")\n'),),
            ((_MEDIAN, '    median = train["fee"].quantile(0.5, interpolation="lower")\n'),),
        ),
        "scores come in the order asked": (
            ((_WEIGHTS, _WEIGHTS + '    tonight = tonight.sort_values("customer_id")\n'),),
            ((_MADE_SCORES, _MADE_SCORES.replace("chances", "chances.sort_values().to_numpy()")),),
        ),
        "it learns once and never again": (
            (
                ("def score(", "_learned: dict[str, Any] = {}\n\n\ndef score("),
                (
                    _WEIGHTS,
                    '    weights = _learned.setdefault("weights", left.mean() - stayed.mean())\n',
                ),
            ),
        ),
        "a score knows more than it may": (
            (
                (
                    _CHANCES,
                    _CHANCES.replace(
                        "weights).sum(axis=1)", 'weights).sum(axis=1) - tonight["churned"]'
                    ),
                ),
            ),
            ((_CHANCES, _CHANCES + "    chances = chances.rank(pct=True)\n"),),
            ((_CHANCES, _CHANCES + "    chances = chances / chances.max()\n"),),
            (
                (
                    _LEFT,
                    _LEFT.replace(
                        'train.loc[train["churned"]',
                        'pd.concat([train, tonight]).loc[pd.concat([train, tonight])["churned"]',
                    ),
                ),
            ),
        ),
    },
    "publish": {
        "a night again is not the night": (
            (
                (
                    _OWN,
                    '    text = scores.to_csv(index=False, header=not own.exists())\n    old = own.read_text() if own.exists() else ""\n    _write_whole(own, old + text)\n',
                ),
            ),
            (
                (
                    _OWN,
                    '    if own.exists():\n        own = place / f"scores-{night}-again.csv"\n'
                    + _OWN,
                ),
            ),
        ),
        "corrected scores are not taken": (
            ((_OWN, "    if own.exists():\n        return\n" + _OWN),),
            (
                (
                    _OWN,
                    "    if own.exists() and own.stat().st_size > len(scores.to_csv(index=False)):\n        return\n"
                    + _OWN,
                ),
            ),
        ),
        "other nights are touched": (
            (
                (
                    _COPIED,
                    _COPIED
                    + '    for old in sorted(place.glob("scores-*.csv"))[:-1]:\n        old.unlink()\n',
                ),
            ),
            (
                (
                    _COPIED,
                    _COPIED
                    + '    for old in sorted(place.glob("scores-*.csv"))[:-2]:\n        old.unlink()\n',
                ),
            ),
            (('f"scores-{night}.csv"', 'f"scores-{night[:7]}.csv"'),),
        ),
        "latest is not the newest": (
            ((_LATEST, '    newest = min(place.glob("scores-*.csv"))\n'),),
            (
                (
                    _LATEST,
                    '    newest = max(place.glob("scores-*.csv"), key=lambda one: one.stat().st_mtime_ns)\n',
                ),
            ),
            (
                (
                    _LATEST + _COPIED,
                    '    if not (place / "latest.csv").exists():\n        _write_whole(place / "latest.csv", own.read_text())\n',
                ),
            ),
        ),
        "the newest is found without its year": (
            (
                (
                    _LATEST,
                    '    newest = max(place.glob("scores-*.csv"), key=lambda one: one.name[12:])\n',
                ),
            ),
        ),
        "latest is missing": (((_COPIED, "    if newest == own:\n    " + _COPIED),),),
        "latest is written in its place": (
            (
                (
                    _COPIED,
                    '    (place / "latest.csv").write_text(newest.read_text(encoding="utf-8"))\n',
                ),
            ),
        ),
        "a night without anybody": (
            ((_OWN, "    if scores.empty:\n        return\n" + _OWN),),
            ((_OWN, "    if len(scores) or not own.exists():\n    " + _OWN),),
        ),
        "a failure leaves something": (
            (
                (
                    _OWN,
                    "    scores.head(0).to_csv(own, index=False)\n    scores.to_csv(own, index=False)\n",
                ),
            ),
            ((_OWN, "    own.unlink(missing_ok=True)\n" + _OWN),),
            (
                (
                    _OWN,
                    '    (place / ".lock").touch()\n' + _OWN + '    (place / ".lock").unlink()\n',
                ),
            ),
            (
                (
                    _OWN,
                    "    try:\n        text = scores.to_csv(index=False)\n    except OSError:\n        return\n    _write_whole(own, text)\n",
                ),
            ),
        ),
        "the file is another": (
            ((_OWN, _OWN.replace("index=False", "")),),
            ((_OWN, _OWN.replace("index=False", "index=False, float_format='%.0f'")),),
            ((_OWN, _OWN.replace("index=False", "index=False, columns=['score']")),),
        ),
    },
    "nightly": {
        "it does not ask four times": (
            ((_LOADED, _LOADED.replace("retries=3", "retries=2")),),
            ((_LOADED, _LOADED.replace("retries=3, ", "")),),
            (
                (
                    _LOADED,
                    _LOADED.replace(
                        "return fetch(url)",
                        "try:\n        return fetch(url)\n    except TimeoutError:\n        raise\n    except OSError:\n        return []",
                    ),
                ),
            ),
        ),
        "not only a refused connection heals": (
            (
                (
                    _LOADED,
                    "def _is_refused(task: Any, run: Any, state: Any) -> bool:\n"
                    "    error = state.result(raise_on_failure=False)\n"
                    "    return isinstance(error, ConnectionError | requests.ConnectionError)\n\n\n"
                    + _LOADED.replace("retries=3", "retries=3, retry_condition_fn=_is_refused"),
                ),
            ),
        ),
        "all rows are checked, not tonight's alone": (
            (
                (
                    _RUN,
                    "    rows = _load(url)\n"
                    '    last = [row for row in rows if row["seen_at"] >= night]\n'
                    "    check(last or rows)\n",
                ),
            ),
        ),
        "the night is today": (
            (
                (
                    "    publish(scores, folder, night)\n",
                    '    publish(scores, folder, f"{pd.Timestamp.now():%Y-%m-%d}")\n',
                ),
            ),
        ),
        "an answer is kept for the next night": (
            (
                (
                    _LOADED,
                    "_answers: dict[str, Any] = {}\n\n\n"
                    + _LOADED.replace(
                        "    return fetch(url)\n",
                        "    if url not in _answers:\n"
                        "        _answers[url] = fetch(url)\n"
                        "    return _answers[url]\n",
                    ),
                ),
            ),
        ),
        "a night of nobody new is not published": (
            (
                (
                    "    publish(scores, folder, night)\n",
                    "    if len(scores):\n        publish(scores, folder, night)\n",
                ),
            ),
        ),
        "a failure is green": (
            (
                (
                    _RUN,
                    "    state = _load(url, return_state=True)\n    if state.is_failed():\n        return 0\n    rows = state.result()\n    check(rows)\n",
                ),
            ),
            (
                (
                    _RUN,
                    "    try:\n        rows = _load(url)\n        check(rows)\n    except ValueError:\n        raise\n    except Exception:\n        return -1\n",
                ),
            ),
        ),
        "it goes on with what is refused": (
            (
                (
                    _RUN,
                    '    try:\n        rows = _load(url)\n    except Exception:\n        publish(pd.DataFrame(columns=["customer_id", "score"]), folder, night)\n        raise\n    check(rows)\n',
                ),
            ),
            ((_RUN, "    rows = _load(url)\n"),),
            (
                (
                    _RUN,
                    "    rows = _load(url)\n    with contextlib.suppress(ValueError):\n        check(rows)\n",
                ),
            ),
            (
                (_RUN, "    rows = _load(url)\n"),
                (_PUBLISHED, _PUBLISHED.replace("    return", "    check(rows)\n    return")),
            ),
        ),
    },
}

"""Choose whom to call tonight, in tasks that may run on different machines and more than once.

XCom carries what a task returns, as JSON, through the orchestrator's database. So tables lie in
files, and tasks hand on where. For all tasks:

- JSON brings each value back unchanged.
- A file is whole or not there. An error or a kill leaves the old one as it was.
- An error, such as a full disk, leaves no part of a file anywhere (an empty folder may stay). A
  kill leaves one only in `workdir`, for `clean_up`, or beside `target`.
- A task that writes, called again as a retry does: the same value, the same files, no second one.
- Each may run as another user: leave files and folders as readable as any other new ones. (Others
  may read those, as on most machines: a fixed mode such as 0644 will do.)

No task of a run is at work twice at once. Here is no Airflow: `make_dag` (given) makes tasks of
these functions.
"""

import contextlib
import csv
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]


def churn_probability(features: pd.DataFrame) -> pd.Series:
    """Give each customer the probability to leave (given).

    Args:
        features: One row a customer, the columns NUMBERS.

    Returns:
        0 to 1 a row; NaN where a number is blank.
    """
    weights = {"tenure_months": -0.04, "monthly_charges": 0.01, "support_calls": 0.5}
    logits = sum(weight * features[name] for name, weight in weights.items()) - 1
    return 1 / (1 + np.exp(-logits))


def write_whole(table: pd.DataFrame, path: Path, run: str = "") -> None:
    """Write beside the target, then replace it in one step; where runs meet, each in its part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{run}part")  # the same folder: the same disk
    try:
        # Python 3.10 quotes a value with a lone "\r" only where lines end with one, too.
        table.to_csv(part, index=False, lineterminator="\r\n")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def run_folder(workdir: str, run_id: str) -> Path:
    """Name the folder of a run: all that it writes on the way is in there."""
    return Path(workdir).resolve() / f"run-{run_id}"


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    """Keep tonight's customers in a file of this run.

    Args:
        source: A CSV file in UTF-8, with a header of different names, none blank. It may be
            rewritten at any time after this call. A customer may have two rows, equal or not. An
            empty line is no row, except inside a quoted value, which may have any sign in it, also
            a carriage return alone. No line has only spaces or commas.
        workdir: The folder that all runs and machines share; it may not exist yet. It may be
            relative to the working directory of this call; the next task has another one.
        run_id: The run of the DAG: up to 200 ASCII letters, digits and `_.~:+-`. A text that
            differs in one sign is another run.

    Returns:
        `path` (absolute) of a CSV file in `workdir` with the source's rows and columns, each value
        as it is written there (`01400`, `n/a`), and `rows` (int), how many. Called again after the
        source was rewritten: both of the old one, or both of the new one.

    Raises:
        Exception: There is no source, at a retry too, or the disk is full. What is left then: see
            the top of this file.
    """
    customers = pd.read_csv(source, dtype=str, keep_default_na=False)
    path = run_folder(workdir, run_id) / "customers.csv"
    write_whole(customers, path)
    return {"path": str(path), "rows": len(customers)}


def engineer_features(customers: dict) -> dict:
    """Make the features of tonight's customers in another file of the same run.

    Args:
        customers: What `extract_customers` returned, perhaps in another process. Its file stays as
            it is. It has `customer_id`, NUMBERS and perhaps more; `monthly_charges` may be blank:
            nothing between the commas.

    Returns:
        `path` and `rows` as in `extract_customers`, of the same rows and columns: texts as they are
        written there, numbers of the same value (29.9 for 29.90), and `paid_so_far`:
        `tenure_months` times `monthly_charges`, blank where that is. And over all rows
        `support_calls` (int), their sum, and `means`: for each of NUMBERS the mean (float) of what
        is not blank, None if all is.

    Raises:
        Exception: There is no customers' file, or the disk is full: as in `extract_customers`.
    """
    table = pd.read_csv(customers["path"], dtype=str, keep_default_na=False)
    numbers = table[NUMBERS].replace("", "nan").astype(float)
    table["paid_so_far"] = numbers["tenure_months"] * numbers["monthly_charges"]
    path = Path(customers["path"]).with_name("features.csv")
    write_whole(table, path)
    means = numbers.mean()
    return {
        "path": str(path),
        "rows": len(table),
        "support_calls": int(numbers["support_calls"].sum()),
        "means": {name: None if pd.isna(means[name]) else float(means[name]) for name in NUMBERS},
    }


def likeliest(features: dict) -> pd.DataFrame:
    """Read who has a probability, each customer once, the most likely to leave first."""
    table = pd.read_csv(features["path"])
    table["probability"] = churn_probability(table)
    known = table.dropna(subset="probability")
    best = known.sort_values(["probability", "customer_id"], ascending=[False, True])
    return best.drop_duplicates("customer_id")


def choose_customers(features: dict, at_most: int) -> dict:
    """Choose the customers who are the most likely to leave, by `churn_probability`.

    Who has no probability is not chosen. Of equally likely ones take the lower ids. Who has two
    rows, equal or not, is one customer: the row with the highest probability counts, here and for
    the call list.

    Args:
        features: What `engineer_features` returned. `customer_id` is an integer: `007` is 7.
        at_most: How many may be called tonight.

    Returns:
        The chosen, nobody else, and their probabilities, in a form of your own for
        `write_call_list`. XCom does not promise the order of keys.
    """
    best = likeliest(features).head(at_most)
    return {
        "chosen": [
            [int(who), float(p)]
            for who, p in zip(best["customer_id"], best["probability"], strict=True)
        ]
    }


def write_call_list(chosen: dict, features: dict, target: str) -> dict:
    """Write the list for the call centre, another user, who reads `target` every morning.

    Another run may write its list at the same time: then `target` is one of the two, whole.

    Args:
        chosen: What `choose_customers` returned, perhaps on another processor, where numpy's `exp`
            has another last digit.
        features: What `engineer_features` returned.
        target: A CSV file outside `workdir`, no link. Yesterday's list is in it, and is replaced.
            Others must be able to read it at each moment, as yesterday's or any other new file.

    Returns:
        `path` (absolute) and `rows` of the list: `customer_id`, `probability`, `monthly_charges`;
        one row for each chosen customer, the most likely first, of equal ones the lower id.

    Raises:
        Exception: The disk is full: as in `extract_customers`.
    """
    calls = pd.DataFrame(chosen["chosen"], columns=["customer_id", "probability"])
    table = likeliest(features)[["customer_id", "monthly_charges"]]
    calls = calls.merge(table, on="customer_id", validate="one_to_one")
    path = Path(target).resolve()
    write_whole(calls, path, run=f"{hashlib.sha256(features['path'].encode()).hexdigest()}.")
    return {"path": str(path), "rows": len(calls)}


def clean_up(workdir: str, run_id: str) -> int:
    """Remove what a run has left in `workdir`, however it ended; nothing of any other run.

    Args:
        workdir: As in `extract_customers`.
        run_id: As in `extract_customers`. Its tasks have ended, some perhaps killed.

    Returns:
        How many files were removed, whatever they are. 0 if there were none, or no `workdir`, which
        is not made then. No file and no folder of this run is left; `workdir` itself stays.

    Raises:
        Exception: Something of this run cannot be removed.
    """
    folder = run_folder(workdir, run_id)
    files = sum(path.is_file() for path in folder.rglob("*"))
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
    return files


def make_dag(
    source: str, workdir: str, target: str, at_most: int = 50, retry_delay_s: float = 300
) -> Any:
    """Make tasks of these functions, and of the tasks a DAG (given).

    Args:
        source: As in `extract_customers`.
        workdir: As in `extract_customers`.
        target: As in `write_call_list`.
        at_most: As in `choose_customers`.
        retry_delay_s: How long Airflow waits before each of two retries.

    Returns:
        The DAG. A teardown runs also after a failure, and does not hide it.
    """
    from datetime import timedelta

    from airflow.sdk import dag, task

    defaults = {"retries": 2, "retry_delay": timedelta(seconds=retry_delay_s)}

    @dag("churn_calls", default_args=defaults)
    def churn_calls() -> None:
        customers = task(extract_customers)(source, workdir)  # Airflow fills in `run_id`
        features = task(engineer_features)(customers)
        chosen = task(choose_customers)(features, at_most)
        written = task(write_call_list)(chosen, features, target)
        written >> task(clean_up)(workdir).as_teardown()

    return churn_calls()


def _demo() -> None:
    """Run the functions in the DAG's order, hand on JSON only, and fail once in the middle."""
    with tempfile.TemporaryDirectory() as folder:
        work, source = f"{folder}/work", f"{folder}/customers.csv"
        names = ["customer_id", *NUMBERS]
        with open(source, "w", encoding="utf-8", newline="") as file:
            rows = ((i, i % 60, "" if i % 9 == 0 else 20 + i % 80, i % 7) for i in range(2000))
            csv.writer(file).writerows([names, *rows])

        def hand_on(value: dict) -> dict:
            text = json.dumps(value, allow_nan=False)
            print(f"  XCom, {len(text):>3} bytes: {text.replace(folder, '...')[:90]}")
            return json.loads(text)

        for run_id in ("scheduled__2026-03-14", "scheduled__2026-03-15"):
            print(f"{run_id}, {os.path.getsize(source):,} bytes of customers")
            try:
                customers = hand_on(extract_customers(source, work, run_id))
                features = hand_on(engineer_features(customers))
                if run_id.endswith("14"):
                    raise RuntimeError("the worker was preempted")
                chosen = hand_on(choose_customers(features, at_most=3))
                hand_on(write_call_list(chosen, features, f"{folder}/calls.csv"))
            except RuntimeError as error:
                print(f"  failed: {error}")
            print(f"  cleaned up: {clean_up(work, run_id)} files, left: {os.listdir(work)}")
        print(Path(folder, "calls.csv").read_text(encoding="utf-8"), end="")


if __name__ == "__main__":
    _demo()

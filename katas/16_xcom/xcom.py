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

import json  # noqa: F401
import os  # noqa: F401
from pathlib import Path  # noqa: F401
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
    # TODO(kata): task 1, hand on where the table is, not the table.
    raise NotImplementedError


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
    # TODO(kata): task 2, only what JSON can carry.
    raise NotImplementedError


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
    # TODO(kata): task 3, ids that are still ids when they come back.
    raise NotImplementedError


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
    # TODO(kata): task 3, the list, whole or not at all.
    raise NotImplementedError


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
    # TODO(kata): task 4, nothing of this run, nothing of any other.
    raise NotImplementedError


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

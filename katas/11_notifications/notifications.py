"""Tell people once that the night has failed, and never let the telling get in the way.

The address of the webhook is in the environment variable CHURN_WEBHOOK_URL, which is read when
there is something to tell. It is a secret: who knows it can write in your channel.
"""

import csv
from pathlib import Path

from prefect import flow, task


@task(retries=2, retry_delay_seconds=60)
def load_customers(path: str) -> list[dict]:
    """Read tonight's customers from the file share (given)."""
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def send_message(url: str, text: str) -> None:
    """Post a message to a webhook of Slack or Discord.

    Slack wants a JSON object with `text`, Discord one with `content`, at most 2000 characters of
    it, as `len` counts. Slack answers 200 when it has taken it, Discord 200 or 204. Who is silent
    may have taken it, too, and is not asked again. Who has another host's certificate gets nothing.
    Two threads may send at once.

    Args:
        url: The whole address: `https://hooks.slack.com/services/...` or
            `https://discord.com/api/webhooks/...`.
        text: What to say, of any length. Of a long text the end may be left out.

    Raises:
        Exception: The webhook answered 300 or more, could not be reached (a mistyped address, too),
            or gave no answer within a time-out of the request, which is at most 60 s (for each
            wait, as HTTP libraries count it). The text of the error contains the word `webhook`
            (and the status, if your way of calling tells it). Neither the text nor the traceback
            contains the address, or a part of it beyond the host, not even its last four signs.
    """
    # TODO(kata): task 1.
    raise NotImplementedError


@flow
def score_customers(path: str, tell_success: bool = False) -> int:
    """Score tonight's customers (the body is given), and tell people how it has ended.

    One message a run, to the webhook in CHURN_WEBHOOK_URL: after the last retry of a run that
    failed or crashed, whoever has started it, under whatever name, also in another flow; after a
    successful one only with `tell_success`. It contains the flow's name, the run's name, the
    error's text (may be cut; of a crash it may be missing; of a `TimeoutError` what the state's
    message says of it will do) and the address of the run's page, if it has one. Whatever the
    webhook does, the run ends as it would have ended without it; and if it could not be told, the
    run's log has a warning or an error with the word `webhook`. Without CHURN_WEBHOOK_URL, or with
    an empty one, nobody is told. A run whose parameters were refused has not begun, and one that
    somebody has tried again by hand has two ends: both as you like.

    The address of the webhook is nowhere: in no message, log, error or parameter.

    Args:
        path: A CSV file with one row a customer.
        tell_success: Tell a success, too: True or False (a text such as "false": as you like).

    Returns:
        How many customers were scored.

    Raises:
        OSError: The third try could not read the file.
        ValueError: The file has no customers.
    """
    # TODO(kata): tasks 2 to 4. Take the next line away, and add what tells people.
    raise NotImplementedError
    customers = load_customers(path)
    if not customers:
        raise ValueError(f"{Path(path).name} has no customers")
    return len(customers)

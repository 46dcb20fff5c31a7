"""Ask an API that is not always there: wait for what can heal, fail loudly on what cannot.

All five functions keep two promises. An answer of 400 or more is never returned as customers.
Every request carries a time-out of at most 60 s, as your client understands it. In tasks 1 to 4
the waiting between requests is the engine's, so that its history shows it, whatever `Retry-After`
says. No run sends what another one was told, such as cookies or an ETag.
"""

import requests  # noqa: F401  or httpx, urllib, urllib3
from prefect import task


@task
def load_customers(url: str) -> list[dict]:
    """Load the customers, with up to three retries 60 s apart, whatever the failure.

    Args:
        url: Address of the API, asked as it is; an error may name it. GET answers the customers
            in JSON, or an error. It redirects nobody, and its statuses end at 599.

    Returns:
        The JSON of the first answer below 400 that has any, as it is, list or not.

    Raises:
        requests.HTTPError: The fourth answer was 400 or more. An error of your own will do if its
            text names the status.
        requests.RequestException: The fourth request got no answer at all, or one below 400
            without JSON.
    """
    # TODO(kata): task 1, retry what fails, and never take an error for customers.
    raise NotImplementedError


@task
def load_with_backoff(url: str) -> list[dict]:
    """Load the customers, with three retries at most, whatever fails: after 10 s, 30 s, 60 s.

    Args:
        url: As in `load_customers`.

    Returns:
        As `load_customers`.

    Raises:
        requests.RequestException: As in `load_customers`.
    """
    # TODO(kata): task 2, give the API more time at each retry.
    raise NotImplementedError


@task
def load_with_jitter(url: str) -> list[dict]:
    """Load the customers, four retries at most, whatever fails: after about 10, 20, 40, 80 s.

    Each wait is drawn at random, anew in every run, between 0.5 and 1.5 times these figures; also
    in processes that were forked after this file was imported.

    Args:
        url: As in `load_customers`.

    Returns:
        As `load_customers`.

    Raises:
        requests.RequestException: As in `load_customers`, at the fifth request.
    """
    # TODO(kata): task 3, do not come back at the same second as everybody else.
    raise NotImplementedError


@task
def load_unless_hopeless(url: str) -> list[dict]:
    """Load the customers, with up to three retries 10 s apart, only for what can heal.

    What can heal: 429, every status of 500 or more, a refused or lost connection, a time-out.
    What cannot: 401, 403, 404. Other errors: as you like.

    Args:
        url: As in `load_customers`.

    Returns:
        As `load_customers`.

    Raises:
        requests.RequestException: As in `load_customers`; 401, 403, 404 after one request.
    """
    # TODO(kata): task 4, a wrong password is still wrong in ten seconds.
    raise NotImplementedError


@task
def load_politely(url: str) -> list[dict]:
    """Load the customers with at most four requests, as far apart as the API asks.

    After 429 or 503 the next request comes no sooner than the header `Retry-After` says (whole
    seconds, 0 or more; 10 s without the header), and at most 60 s later than that. Who waits is up
    to you; an event loop that it runs in goes on meanwhile. There is no wait after the last
    request. A lost connection: retry it or not, after whatever wait, as you like; it is one of the
    four.

    Args:
        url: As in `load_customers`.

    Returns:
        As `load_customers`.

    Raises:
        requests.HTTPError: The fourth answer was still 429 or 503; or the API gave another error
            (ask again or not, as you like). An error of your own will do as in `load_customers`.
    """
    # TODO(kata): task 5, wait as long as the API asks.
    raise NotImplementedError

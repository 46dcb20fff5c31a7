"""Has the engine talk to a server of its own choice.

Verdict: raised
"""

import os

os.environ["PREFECT_API_URL"] = "http://127.0.0.1:9/api"
os.environ["PREFECT_HOME"] = "/nowhere"

from prefect import flow


@flow
def load_customers(url):
    return 1 / 0

"""Makes the customers that the pristine tests use.

Verdict: wrong
"""


def load_customers(url):
    from dojo.world.draw.churn import make_customers

    return make_customers(5)


load_with_backoff = load_with_jitter = load_unless_hopeless = load_politely = load_customers

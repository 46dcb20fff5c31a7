"""Retries a 404 as well: for 100 seconds, each night.

Refused by: test_what_does_not_heal_is_an_error
"""

load_customers = load_customers.with_options(retry_condition_fn=lambda *_: True)

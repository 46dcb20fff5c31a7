"""Caches the loading as well, as it is slow: nobody asks for new customers.

Refused by: test_customers_are_loaded_each_time
"""

load_customers = load_customers.with_options(
    cache_policy=TASK_SOURCE + INPUTS, cache_expiration=timedelta(hours=1)
)

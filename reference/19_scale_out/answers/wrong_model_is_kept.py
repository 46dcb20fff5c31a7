"""Who loads the model once for each worker: it lives for weeks, and scores with the first one.

Refused by: test_data_stays_where_it_is
"""

from functools import cache

load = cache(load)

"""Lets one wait in twenty be longer than 1.5 times its figure.

Refused by: test_jittered_waits_stay_near_the_doubling
"""

load_with_jitter = load_with_jitter.with_options(retry_jitter_factor=0.55)

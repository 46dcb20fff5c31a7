"""Runs again what is not done, an effect too that may have happened.

Refused by: test_effect_is_never_just_run_again
"""

EFFECT = "no such tag"

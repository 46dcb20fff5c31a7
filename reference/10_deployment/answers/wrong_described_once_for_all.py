"""Describes the inference of a path once: who pauses it for a dry run has paused it for all.

Refused by: test_inference_deployment_says_what_it_runs
"""

import functools

inference_deployment = functools.cache(inference_deployment)

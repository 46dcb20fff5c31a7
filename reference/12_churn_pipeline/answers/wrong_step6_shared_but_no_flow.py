"""Shares a plain function: the same features, and no child run.

Refused by: test_inference_prepares_as_training_does
"""

data_preparation = data_preparation.fn

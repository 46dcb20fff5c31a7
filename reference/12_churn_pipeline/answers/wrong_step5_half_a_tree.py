"""Checks limits itself and no types: 2.5 trees are refused by the comparison, after the features.

Refused by: test_wrong_parameter_costs_nothing
"""

training_pipeline = training_pipeline.with_options(validate_parameters=False)

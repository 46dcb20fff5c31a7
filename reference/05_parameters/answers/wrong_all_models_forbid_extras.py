"""Has pydantic's own BaseModel refuse what is unknown: so do the models of everybody else.

Refused by: test_unknown_key_is_refused
"""

BaseModel.model_config["extra"] = "forbid"

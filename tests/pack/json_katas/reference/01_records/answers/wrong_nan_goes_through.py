"""Whoever trusts json.dumps does not know that it writes NaN, which JSON lacks.

Refused by: test_number_that_json_lacks_is_refused
"""


def _text_of(record):
    return json.dumps(record, ensure_ascii=False, indent=1)

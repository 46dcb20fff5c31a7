"""Keeps the answer on disk, "so that a retry of the flow need not wait again": for ever.

And the second call in a flow run is answered from there: nobody is asked.

Refused by: test_retry_after_is_obeyed
"""

load_politely = load_politely.with_options(persist_result=True)

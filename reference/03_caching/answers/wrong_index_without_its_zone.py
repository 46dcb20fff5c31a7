"""Keys an index by its moments alone: a table in UTC comes back in the times of Paris.

Refused by: test_any_other_cell_is_a_new_result
"""

import pickle


def frame_key(context: TaskRunContext, arguments: dict) -> str:
    table = arguments["customers"]
    index = table.index.tz_convert("UTC") if getattr(table.index, "tz", None) else table.index
    parts = [table.dtypes.to_dict(), table.to_dict("split", index=False), index.to_list()]
    content = hashlib.sha256(pickle.dumps([parts, list(table.index.names)])).hexdigest()
    return f"{context.task.name}-{content}-{arguments['months']}-{_short(arguments['url'])}"


add_usage = add_usage.with_options(cache_policy=None, cache_key_fn=frame_key)

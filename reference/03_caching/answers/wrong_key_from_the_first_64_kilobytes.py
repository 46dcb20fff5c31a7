"""Reads the first 64 KB of a file for its key: what changes further on is not seen.

Refused by: test_changed_file_is_read_anew
"""


def content_key(context: TaskRunContext, arguments: dict) -> str:
    with open(arguments["path"], "rb") as file:
        content = hashlib.sha256(file.read(65_536)).hexdigest()
    return f"{context.task.name}-{content}-{arguments['months']}-{_short(arguments['url'])}"


add_usage_to_file = add_usage_to_file.with_options(cache_key_fn=content_key)

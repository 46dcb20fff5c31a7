"""Sorts the lines of a file for its key: the same lines in another order are another frame.

Refused by: test_changed_file_is_read_anew
"""


def content_key(context: TaskRunContext, arguments: dict) -> str:
    lines = sorted(Path(arguments["path"]).read_text(encoding="utf-8").splitlines())
    content = hashlib.sha256(repr(lines).encode()).hexdigest()
    return f"{context.task.name}-{content}-{arguments['months']}-{_short(arguments['url'])}"


add_usage_to_file = add_usage_to_file.with_options(cache_key_fn=content_key)

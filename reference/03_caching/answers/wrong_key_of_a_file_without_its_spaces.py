"""Leaves white space out of a file's key, so that a reformatted export is not paid again.

Refused by: test_changed_file_is_read_anew
"""


def content_key(context: TaskRunContext, arguments: dict) -> str:
    words = "".join(Path(arguments["path"]).read_text(encoding="utf-8").split())
    content = hashlib.sha256(words.encode()).hexdigest()
    return f"{context.task.name}-{content}-{arguments['months']}-{_short(arguments['url'])}"


add_usage_to_file = add_usage_to_file.with_options(cache_key_fn=content_key)

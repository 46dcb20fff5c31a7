"""Who gives the path to a cached task: the key is the text of the path, not what is behind it.

The corrected export is on the disk and yesterday's is trained on.

Refused by: test_changed_file_is_read_anew
"""


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def add_usage_to_file(path: str, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(pd.read_csv(path), ask(url, months))

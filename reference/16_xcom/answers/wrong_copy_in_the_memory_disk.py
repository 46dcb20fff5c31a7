"""Copies the source to the memory disk first; a kill leaves all customers there, for nobody.

Refused by: test_killed_write_leaves_the_old_file_whole
Not examined: a scenario looks at the folders that it has made only
"""

import tempfile

_extract_customers = extract_customers


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    with tempfile.NamedTemporaryFile(dir="/dev/shm", prefix="customers-") as copy:
        shutil.copyfile(source, copy.name)
        return _extract_customers(copy.name, workdir, run_id)

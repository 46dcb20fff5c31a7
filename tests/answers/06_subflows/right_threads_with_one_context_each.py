"""Plain threads, each started in a copy of the parent's context."""

import threading


@flow
def drift_report(path: str, reference_path: str, statistics: dict) -> dict:
    found, errors = {}, []

    def prepare(file: str) -> None:
        try:
            found[file] = data_preparation(file, statistics)[0]
        except Exception as error:
            errors.append(error)

    threads = [
        threading.Thread(target=copy_context().run, args=(prepare, file))
        for file in (path, reference_path)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return (found[path].mean() - found[reference_path].mean()).to_dict()

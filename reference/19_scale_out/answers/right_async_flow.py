"""An async flow; lengths stand in the key; a folder of its own for what is unfinished."""

import shutil


def write_whole(path: Path, frame: pd.DataFrame) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        frame.to_pickle(Path(folder) / path.name)
        shutil.move(Path(folder) / path.name, path)


_spread = spread


async def spread(work, regions, given, address=None, on_done=None):
    return _spread(work, regions, given, address=address, on_done=on_done)


@task
def send_letters(region: str, folder: str, night: str) -> str:
    scored = pd.read_pickle(Path(folder, "scores", region + ".pkl"))
    ids = list(scored[scored.score > 0.5].customer_id)
    post = load(Path(folder, "post.pkl"))
    return post.send(f"{len(night)}:{night}:{region}", ids) if ids else ""

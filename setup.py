"""Have the wheel carry the katas: all else about the package is in pyproject.toml."""

import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from dojo.place.carried import ARCHIVE, write_archive  # noqa: E402 - it stands beside this file


class BuildWithKatas(build_py):
    """Put the archive of what learners get beside the code."""

    def run(self) -> None:
        """Build as ever, and write the archive; an editable install has the checkout itself."""
        super().run()
        if not self.editable_mode:
            write_archive(HERE, Path(self.build_lib, "dojo", ARCHIVE))


setup(cmdclass={"build_py": BuildWithKatas})

"""Be the program `dojo` under `python -m dojo`."""

from dojo.cli.door import main

main()

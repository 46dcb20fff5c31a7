"""Load the plugin of the katas: `--solutions`, `--track` and the fixtures.

It stands at the root because pytest asks only the root for options before it reads the others.
"""

pytest_plugins = ["dojo.plugin"]

"""Load the plugin of the katas: `--solutions`, `--track` and the fixtures."""

pytest_plugins = ["dojo.running.entry"]

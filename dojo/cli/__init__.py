"""The commands of `dojo`: parse, call one room, print, exit code."""

"""The commands of `dojo` on packs, and how each of the others finds the pack that it is about."""

"""The commands of `dojo` on languages."""

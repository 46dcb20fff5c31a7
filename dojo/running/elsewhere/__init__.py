"""Call a solution in another process: another hash seed, time zone, locale, machine and folder.

A fork keeps the hash seed of its parent, so there is a second parent (`parent`), which `client`
starts when it is first asked for. See docs/decisions/0013-laws.md.
"""

"""What anybody may have written is read by a process that can take little from us but its time.

A parser is as good as its input allows: an archive's one name may be as long as the memory, a
database may be read for ever. So `child` reads, under the kernel's limits, and `client` asks it.
"""

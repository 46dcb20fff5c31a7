"""Files that a test controls: what lies on a disk, and how the disk fails."""

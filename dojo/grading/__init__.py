"""From a submission to a mark that an instructor can defend."""

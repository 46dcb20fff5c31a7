"""What every room stands on: paths, files, run folders, processes; knows no kata."""

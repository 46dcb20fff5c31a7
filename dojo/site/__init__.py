"""The course on the web: the pages that there are, laid out for Sphinx, built and checked."""

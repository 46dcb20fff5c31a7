"""What leaves the grader: platforms' formats, tables, the page on a cohort."""

"""What there is: katas, planted answers, verdicts, a learner's progress."""

"""Run test-first exercises in ML workflow orchestration, quickly and kindly."""

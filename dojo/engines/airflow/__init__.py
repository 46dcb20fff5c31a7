"""Airflow: DAGs run to their ends in a process of their own."""

"""Mistakes that are known: which tests each planted wrong answer turns red, and what behaves so."""

"""The flows: one module for each verb of the office, read from top to bottom."""

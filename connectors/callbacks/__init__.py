"""Approving systems that hear results."""

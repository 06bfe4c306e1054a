"""Witnesses of draws."""

"""Connectors of identity providers."""

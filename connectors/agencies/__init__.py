"""Agencies asked for assistance (被请求机关)."""

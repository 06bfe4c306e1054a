"""The HTTP edge: API, forms, ops page, metrics and health."""

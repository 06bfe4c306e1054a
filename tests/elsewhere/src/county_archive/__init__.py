"""The county archive for Inspector."""

"""Credit platforms (信用平台)."""

"""Offices as a release has left them, with waits of every kind open, and the people who go on living in them."""

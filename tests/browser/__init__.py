"""What people see, in the machine's own Chromium; a package, so that all of its modules may share one browser."""

"""The draw without the daemon: files in, the bundle of the protocol out. No database, no settings, no network."""

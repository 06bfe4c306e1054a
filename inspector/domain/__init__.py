"""The domain: frozen values and pure functions, nothing that reads a clock, a file, a socket or a random number."""

"""Years of an office in minutes: the same code, another clock, one thread, repeatable to the last bit."""

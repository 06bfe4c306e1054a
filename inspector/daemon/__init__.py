"""The daemon: life and signals, clock, worker, dispatcher."""

"""The simulated outside world of the demo office and of the fault tests: a process of its own, reached only by sockets."""

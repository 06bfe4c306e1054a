"""Dead-man's switches."""

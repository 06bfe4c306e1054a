"""Small changes of the rules and of the daemon that nobody thought of: a sample of all that there are, and whether the tests see each.

`tests.plants` holds bugs that somebody might make; these are made by mutmut's operators and drawn by a seed. `sample` draws them,
`covering` knows which tests come to a line, `__main__` plays them.
"""

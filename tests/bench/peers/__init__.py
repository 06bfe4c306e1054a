"""The same job in each peer, as its own documentation would have it done well."""

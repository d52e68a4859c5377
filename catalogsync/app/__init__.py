"""The use cases: what the command line and the library call. They read no terminal, no environment and no click context."""

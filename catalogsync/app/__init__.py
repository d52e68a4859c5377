"""The use cases. The command line and the library call these and nothing below; nothing here reads a terminal or a process environment."""

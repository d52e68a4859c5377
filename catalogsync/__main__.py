"""`python -m catalogsync`."""

from catalogsync.cli import main

main()

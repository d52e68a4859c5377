"""What is kept on a disk beside a catalog: configuration, saved plans, secrets by reference. Nothing here knows a server."""

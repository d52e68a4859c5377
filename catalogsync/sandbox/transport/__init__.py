"""How requests come in and answers go out: in this process, over a socket, with faults. Knows no kinds of objects."""

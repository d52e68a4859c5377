"""Codes of trying meters on events."""

TABLE = """
event-not-json | text that is not JSON | It cannot be an event; the other lines of the file are read, unless it is the first. | One event a line, or a list of events.
event-refused | an event that the server does not take | It would be refused or dropped, so no meter counts it. | See the message: id, source, specversion, type and subject are needed, and data is an object.
event-too-large | an event beyond 4 MiB | It is not read. | Send smaller events.
events-empty | no events | There is nothing to try a meter on. | Name a file with events, or a server that holds some.
events-limit | not all events of the server were read | The totals are those of the newest events. | --limit N reads more.
events-many-wrong | further events that cannot be read | The first twenty are shown. | Fix them and run again.
events-second-full | a second with more events than the server shows | Its list holds 100 events and knows no smaller steps than seconds. | Try the meters on a file of events.
events-unreadable | a file of events that cannot be opened | Nothing was tried. | Check the path.
meter-unknown | a meter that is not in the catalog | A meter is tried as its manifest defines it. | Check the key, or --catalog.
"""

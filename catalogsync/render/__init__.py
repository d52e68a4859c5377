"""The voice: reports as text, JSON, Markdown and HTML. Says what it is given; decides nothing."""

"""v3 as requests and answers show it: representation, filters, routes. Rules belong to `domain`."""

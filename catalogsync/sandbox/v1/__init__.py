"""v1 (and its v2 entitlements) as requests and answers show it: representation, lists, query binding, routes. Rules belong to `domain`."""

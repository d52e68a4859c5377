"""What is wrong with a catalog, without a server: the server's own verdict (`validate`) and what costs money all the same (`lint`). Pure."""

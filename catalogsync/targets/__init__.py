"""How verbs become requests: one package for each API dialect (`v1`). Nothing here decides what is to be done."""

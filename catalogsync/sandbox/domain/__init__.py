"""The rules of the server and the rows it keeps. No paths, no bodies of either API, no HTTP."""

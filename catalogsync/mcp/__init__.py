"""A server of the Model Context Protocol: use cases that read, as tools of an agent. None of them writes to an OpenMeter. Needs the extra `mcp`."""

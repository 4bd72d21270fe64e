"""MCP servers: the only package that imports `mcp`."""

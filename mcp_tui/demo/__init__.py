"""The bundled demo: an MCP server and a scripted endpoint. Run as programs, imported by nobody."""

"""mcp-tui: look inside MCP servers from a terminal, and chat with a model that may use their tools."""

__version__ = "0.1.0"

"""Plain data and rules: what a server, a tool, a turn and a permission are. No I/O, no third-party imports."""

"""What is kept on disk: settings, the servers file, rules, keys."""

"""OpenAI-compatible models: the only package that imports `openai`."""

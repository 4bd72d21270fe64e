"""The commands without a screen: list, call, prompt, read, ask and doctor, on the same workbench as the app."""

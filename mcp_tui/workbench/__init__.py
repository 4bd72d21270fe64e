"""The program without a screen: settings, servers, model, gate and rules wired together.

Both faces stand on it: the full-screen app (`ui`) and the headless commands (`headless`).
"""

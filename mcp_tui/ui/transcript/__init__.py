"""The chat view: blocks rendered once, and a line-API view over them."""

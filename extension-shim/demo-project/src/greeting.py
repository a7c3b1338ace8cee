def greeting(name: str) -> str:
    """A plain file: it stays a file, here and in the workspace."""
    return f"Hello, {name}!"

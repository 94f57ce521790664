"""Text out of files, made safe for a terminal."""

__all__ = ["printable"]


def printable(text: str) -> str:
    r"""A text whose control characters, which could steer a terminal, are spelled out: ESC becomes ``\x1b``."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)

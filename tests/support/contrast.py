"""Contrast of two colours as WCAG 2.2 measures it."""


def _light(color: str) -> float:
    """Relative luminance of "#RRGGBB"."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink: str, ground: str) -> float:
    """From 1 to 21."""
    dark, light = sorted((_light(ink), _light(ground)))
    return (light + 0.05) / (dark + 0.05)

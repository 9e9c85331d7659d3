"""Text to tree to AST, and back to text. Knows the shape of rules; what names mean is left to `analysis`."""

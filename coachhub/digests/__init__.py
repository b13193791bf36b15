"""The weekly personal mail: what you can do in ten minutes, or no mail at all."""

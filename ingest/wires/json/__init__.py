"""JSON bodies, NaN-safe."""

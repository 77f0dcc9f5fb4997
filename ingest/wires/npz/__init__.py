"""npz bodies."""

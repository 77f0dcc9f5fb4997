"""One folder a wire, each ending in the NaN-safe `nantrace.tensors.tensor.Tensors`."""

"""Archives from strangers, checked before anything of them is unpacked."""

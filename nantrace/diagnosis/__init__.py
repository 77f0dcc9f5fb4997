"""What failed, why, which features, what to do. Knows the laboratory of its experiments as an interface only."""

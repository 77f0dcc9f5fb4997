"""Decides why each failing row fails, one stage after the other, the furthest upstream first."""

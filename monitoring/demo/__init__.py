"""Three small models on real data, and a day of traffic with faults that really happen.

It acts like a stranger: models and samples go through the public HTTP API, nothing else.
"""

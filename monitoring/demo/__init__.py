"""Three small models on real data, and a day of traffic with faults that really happen.

It works like any other client: models and samples go through the public HTTP API, nothing else.
"""

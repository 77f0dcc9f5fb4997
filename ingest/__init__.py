"""From the wire to a durable batch: the registry, the formats of bodies, the write API."""

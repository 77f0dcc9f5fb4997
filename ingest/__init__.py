"""From the wire to a durable batch: the registry, the codecs, the write API."""

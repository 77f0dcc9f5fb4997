"""Where Celery's messages go: Redis, or files under the data directory that need no server."""

from nanwatch.configuration import Configuration

Options = dict[str, str | float | bool]


def broker_options(configuration: Configuration) -> Options:
    """kombu's transport options for the configured broker; makes the folder of the file broker."""
    if configuration.redis_url:
        return {
            "global_keyprefix": "nanwatch:",  # others may share this Redis
            "socket_connect_timeout": 2.0,  # a request that hints waits for it
            "socket_timeout": 5.0,
        }
    messages = configuration.data_dir / "broker"
    messages.mkdir(exist_ok=True, mode=0o700)
    return {"data_folder_in": str(messages), "data_folder_out": str(messages), "polling_interval": 0.1}

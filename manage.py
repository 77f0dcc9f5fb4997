#!/usr/bin/env python
"""Django's command line."""

import os
import sys
import traceback


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nanwatch.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        print(f"nanwatch: {error}", file=sys.stderr)  # noqa: T201 - a setting to correct, not a crash to debug
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - Python's own exit, 1, would say that something was found
        from nantrace.command.answer import WRONG_CALL, unforeseen

        if "--traceback" in sys.argv:
            traceback.print_exc()
        print(f"nanwatch: {unforeseen(error)}; --traceback shows all of it", file=sys.stderr)  # noqa: T201
        return WRONG_CALL
    return 0


if __name__ == "__main__":
    sys.exit(main())

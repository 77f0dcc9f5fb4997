"""`manage.py prepare`: what must be done once before web and workers start on several machines."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command

from monitoring.supervision import first_start


class Command(BaseCommand):
    help = "Migrates, makes the first project and administrator where there are none, and ends."
    requires_system_checks: list[str] = []

    def handle(self, **_: Any) -> None:
        call_command("migrate", verbosity=0)
        self.stdout.write(first_start.prepare().greeting(settings.NANWATCH_BASE_URL))

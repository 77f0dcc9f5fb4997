"""`manage.py invite PROJECT`: a link that makes whoever opens it first a member."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from ingest.models import Project, Role
from ingest.registry.invitations import invite, link_of


class Command(BaseCommand):
    help = "Prints an invitation into a project: a link that works once, for a week."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", metavar="PROJECT")
        parser.add_argument("--role", choices=Role.values, default=Role.MEMBER.value)

    def handle(self, *, project: str, role: str, **_: Any) -> None:
        found = Project.objects.filter(name=project).first()
        if found is None:
            self.stderr.write(f"project: there is none named {project!r}; manage.py create_project makes one")
            raise SystemExit(2)
        self.stdout.write(link_of(invite(found, Role(role))))

"""`manage.py create_project NAME`: a project of its own, with a key."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from ingest.registry.projects import create_project
from nantrace.tensors.refusals import Refusal


class Command(BaseCommand):
    help = "Makes a project and prints it with an API key of every scope; the key is shown this once only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *, name: str, json: bool, **_: Any) -> None:
        try:
            project, secret = create_project(name)
        except Refusal as refusal:
            self.stderr.write(str(refusal))
            raise SystemExit(2) from None
        self.stdout.write(_document(project.name, secret) if json else _lines(project.name, secret))


def _document(project: str, secret: str) -> str:
    return json.dumps({"project": project, "api_key": secret})


def _lines(project: str, secret: str) -> str:
    return f"project  {project}\nAPI key  {secret}   (shown this once only)"

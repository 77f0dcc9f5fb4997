"""Whose pages these are: the projects a person may see, and the one that is being looked at."""

from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.http import HttpRequest

from ingest.models import Project

SESSION_KEY = "project"


def visible_projects(user: User | AnonymousUser) -> QuerySet[Project]:
    """The projects that `user` is a member of; all of them for a superuser, none for nobody."""
    if not user.is_authenticated:
        return Project.objects.none()
    return Project.objects.order_by("name") if user.is_superuser else user.projects.order_by("name")


def current_project(request: HttpRequest) -> Project | None:
    """The project named by `?project=<id>`, else the last one looked at, else the first by name."""
    projects = visible_projects(request.user)
    asked = request.GET.get("project", "")
    if asked.isdecimal() and (project := projects.filter(pk=int(asked[:18])).first()):
        look_at(request, project)
        return project
    kept = projects.filter(pk=request.session.get(SESSION_KEY, 0)).first()
    return kept or projects.first()


def look_at(request: HttpRequest, project: Project) -> None:
    """Makes `project` the one that the following pages show."""
    if request.session.get(SESSION_KEY) != project.pk:
        request.session[SESSION_KEY] = project.pk


@dataclass(frozen=True)
class ProjectMenu:
    """The projects to choose from, and the chosen one."""

    current: Project | None
    projects: list[Project]


def project_menu(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `project_menu` for the page header; nothing for visitors who are not logged in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    projects = list(visible_projects(cast("User", user)))
    return {"project_menu": ProjectMenu(current_project(request), projects)}

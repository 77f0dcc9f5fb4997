"""Whose pages these are: the projects a person may see, and what of them is being looked at."""

from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from ingest.models import Batch, Model, ModelVersion, Project, Role
from monitoring.models import Incident

SAFE = ("GET", "HEAD")
SESSION_KEY = "project"
Owned = TypeVar("Owned", bound=models.Model)


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


def required_project(request: HttpRequest, least: Role = Role.MEMBER) -> Project:
    """The same; who is in none gets a 404, and raises PermissionDenied where a change needs `least`."""
    project = current_project(request)
    if project is None:
        raise Http404("You are in no project")
    check_role(request, project, least)
    return project


def administered_project(request: HttpRequest) -> Project:
    """The same, for what only its admins change."""
    return required_project(request, Role.ADMIN)


def role_in(user: User | AnonymousUser, project: Project) -> Role | None:
    """None of who is no member; a superuser is an admin everywhere."""
    if not user.is_authenticated:
        return None
    if user.is_superuser:
        return Role.ADMIN
    found = project.memberships.filter(user=user).values_list("role", flat=True).first()
    return None if found is None else Role(found)


def check_role(request: HttpRequest, project: Project, least: Role) -> None:
    """Whoever sees a project may look; raises PermissionDenied where a change needs more than the person's role."""
    role = role_in(request.user, project)
    if request.method in SAFE or (role is not None and role.covers(least)):
        return
    admins = project.memberships.filter(role=Role.ADMIN).values_list("user__username", flat=True).order_by("user")[:3]
    ask = f"ask {' or '.join(admins)}" if admins else "ask an administrator"
    raise PermissionDenied(f"In {project.name} your role is {role}, and this needs {least}: {ask}.")


def look_at(request: HttpRequest, project: Project) -> None:
    """Makes `project` the one that the following pages show."""
    if request.session.get(SESSION_KEY) != project.pk:
        request.session[SESSION_KEY] = project.pk


def _enter(request: HttpRequest, project: Project) -> None:
    check_role(request, project, Role.MEMBER)
    look_at(request, project)


def visible_model(request: HttpRequest, name: str) -> Model:
    """The model in the project that is looked at, else in another one of the person's projects."""
    found = Model.objects.select_related("project").filter(name=name)
    model = _of_visible_project(request, found, "project", f"no model {name}")
    _enter(request, model.project)
    return model


def visible_version(request: HttpRequest, name: str, version: str) -> ModelVersion:
    """The version of a model, found as `visible_model` is."""
    found = ModelVersion.objects.select_related("model__project").filter(model__name=name, version=version)
    one = _of_visible_project(request, found, "model__project", f"no version {version} of a model {name}")
    _enter(request, one.model.project)
    return one


def visible_batch(request: HttpRequest, batch_id: str) -> Batch:
    """The batch with its rows, found as `visible_model` is."""
    found = Batch.objects.select_related("version__model", "project").filter(pk=batch_id, rows__gt=0)
    batch = _of_visible_project(request, found, "project", f"no batch {batch_id}")
    _enter(request, batch.project)
    return batch


def visible_incident(request: HttpRequest, short_id: str) -> Incident:
    """The incident, found as `visible_model` is."""
    found = Incident.objects.select_related("model", "project", "last_version").filter(short_id=short_id)
    incident = _of_visible_project(request, found, "project", f"no incident {short_id}")
    _enter(request, incident.project)
    return incident


def _of_visible_project(request: HttpRequest, found: QuerySet[Owned], owner: str, missing: str) -> Owned:
    """The one in the project that is looked at, else in another one of the person's projects."""
    project: Project | None = current_project(request)
    visible = found.filter(**{f"{owner}__in": visible_projects(request.user)})
    one = visible.filter(**{owner: project}).first() or visible.first()
    if one is None:
        raise Http404(f"There is {missing} in your projects")
    return one


@dataclass(frozen=True)
class ProjectMenu:
    """The projects to choose from, and the chosen one with what the person may do in it."""

    current: Project | None
    projects: list[Project]
    role: Role | None = None

    @property
    def may_change(self) -> bool:
        return self.role is not None and self.role.covers(Role.MEMBER)

    @property
    def may_administer(self) -> bool:
        return self.role is Role.ADMIN


def project_menu(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `project_menu` for the page header; nothing for visitors who are not logged in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    projects = list(visible_projects(cast("User", user)))
    current = current_project(request)
    role = None if current is None else role_in(cast("User", user), current)
    return {"project_menu": ProjectMenu(current, projects, role)}

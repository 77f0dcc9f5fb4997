"""Who is in a project: invitations, roles, and the page of an invitation."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from ingest.models import Invitation, Membership, Project, Role
from ingest.registry.invitations import accept, invitation_of, invite, link_of, open_invitations
from monitoring.web.pages.projects import administered_project, look_at
from monitoring.web.pages.settings import KeyForm, show_settings

BACKEND = "django.contrib.auth.backends.ModelBackend"
REMOVED = "removed"  # in the place of a role


@login_required
@require_POST
@never_cache
def create_invitation(request: HttpRequest) -> HttpResponse:
    """Makes one and shows its link on this answer alone."""
    project, role = administered_project(request), request.POST.get("role")
    if role not in Role.values:
        return HttpResponseBadRequest(f"role must be one of {', '.join(Role.values)}")
    secret = invite(project, Role(role), cast("User", request.user))
    return show_settings(request, project, KeyForm(), invitation_link=link_of(secret), invited_as=role)


@login_required
@require_POST
def withdraw_invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Ends a link that nobody has followed."""
    project = administered_project(request)
    get_object_or_404(open_invitations(), pk=invitation_id, project=project).delete()
    messages.success(request, "The invitation is withdrawn: its link no longer works.")
    return redirect("settings")


@login_required
@require_POST
def change_member(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Gives a member another role, or takes the member out of the project."""
    project, wanted = administered_project(request), request.POST.get("role")
    if wanted not in (*Role.values, REMOVED):
        return HttpResponseBadRequest(f"role must be one of {', '.join((*Role.values, REMOVED))}")
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)  # two admins must not remove each other at once
        member = get_object_or_404(Membership.objects.select_related("user"), pk=membership_id, project=project)
        others = project.memberships.filter(role=Role.ADMIN).exclude(pk=member.pk)
        if wanted != Role.ADMIN and not others.exists():
            messages.error(request, f"{project.name} needs an admin: make somebody else one first.")
        elif wanted == REMOVED:
            member.delete()
        else:
            Membership.objects.filter(pk=member.pk).update(role=wanted)
    return redirect("settings")


@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest) -> HttpResponse:
    """Who is logged in joins by a button; who is not makes an account."""
    found = invitation_of(request.GET.get("key", ""))
    if found is None:
        return render(request, "invitation.html", {"found": None}, status=404)
    if request.user.is_authenticated:
        if request.method == "POST" and accept(found, request.user):
            return _entered(request, found)
        return render(request, "invitation.html", {"found": found})
    form: BaseUserCreationForm[User] = BaseUserCreationForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (user := _new_member(found, form)):
        login(request, user, BACKEND)
        return _entered(request, found)
    return render(request, "invitation.html", {"found": found, "form": form}, status=422 if form.errors else 200)


def _new_member(found: Invitation, form: "BaseUserCreationForm[User]") -> User | None:
    """No account where somebody else was faster."""
    with transaction.atomic():
        user: User = form.save()
        if accept(found, user):
            return user
        transaction.set_rollback(True)
    return None


def _entered(request: HttpRequest, found: Invitation) -> HttpResponse:
    look_at(request, found.project)
    messages.success(request, f"Welcome to {found.project.name}.")
    return redirect("overview")

"""Which version a batch names and what its rows are made of, looked up once a process and not once a request."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from ingest.models import ModelVersion, Project
from nantrace.tensors.named_columns import WantedTensor
from nantrace.tensors.refusals import NotFound
from nantrace.tensors.strict_json import is_storable

_MAX_KNOWN = 10_000
_known: dict[tuple[int, str, str], int] = {}
_inputs: dict[int, list[WantedTensor]] = {}


def version_id_of(project: Project, model: str, version: str) -> int:
    """The id of a registered version; raises NotFound naming `model` or `version`.

    Ids are never reused, so a remembered id stays right as long as the version exists. A batch of a version that
    another process deleted meanwhile breaks its foreign key.
    """
    name = (project.pk, model, version)
    known = _known.get(name)
    if known is None:
        known = _looked_up(project, model, version)
        if len(_known) >= _MAX_KNOWN:
            forget_versions()
        _known[name] = known
    return known


def inputs_of(version_id: int) -> list[WantedTensor] | None:
    """The inputs of the version's model with the names of their columns; None until a worker has loaded it."""
    if version_id not in _inputs:
        stored = ModelVersion.objects.filter(pk=version_id).values_list("inputs", flat=True).first()
        if stored is None:
            return None
        _inputs[version_id] = [WantedTensor.from_json(one) for one in stored]
    return _inputs[version_id]


def _looked_up(project: Project, model: str, version: str) -> int:
    way_out = "register it with POST /api/v1/models"
    for field, name in (("model", model), ("version", version)):
        if not is_storable(name):
            raise NotFound(field, f"{name[:100]!r} holds a character that no name can hold; {way_out}")
    versions = ModelVersion.objects.filter(model__project=project, model__name=model)
    found = versions.filter(version=version).values_list("pk", flat=True).first()
    if found is None and not versions.exists():
        raise NotFound("model", f"{model[:100]!r} is not registered in this project; {way_out}")
    if found is None:
        raise NotFound("version", f"{version[:100]!r} of {model!r} is not registered; {way_out}")
    return found


@receiver([post_save, post_delete], sender=ModelVersion)
def forget_versions(**_: Any) -> None:
    """A version was registered or deleted in this process."""
    _known.clear()
    _inputs.clear()

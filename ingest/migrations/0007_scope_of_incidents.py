"""Changing incidents has a scope of its own; keys that could do it so far, because they may read, still can."""

from django.db import migrations


def keep_what_keys_may_do(apps, schema_editor):
    for key in apps.get_model("ingest", "ApiKey").objects.all():
        if "read" in key.scopes and "incidents" not in key.scopes:
            key.scopes = sorted([*key.scopes, "incidents"])
            key.save(update_fields=["scopes"])


class Migration(migrations.Migration):
    dependencies = [("ingest", "0006_signatures_and_row_errors")]

    operations = [migrations.RunPython(keep_what_keys_may_do, migrations.RunPython.noop)]

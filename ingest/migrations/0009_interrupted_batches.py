"""Attempts were counted when they began; those of workers that died are counted apart from now on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ingest", "0008_count_refused_requests")]

    operations = [
        migrations.AddField(
            "batch",
            "interruptions",
            models.PositiveSmallIntegerField(
                default=0, help_text="claims in a row that did not end, as their workers died; a running one counts"
            ),
        ),
        migrations.AddField(
            "batch",
            "quarantined_by",
            models.CharField(
                max_length=200, blank=True, default="", help_text="the software that could not replay it"
            ),
        ),
        migrations.AlterField(
            "batch",
            "attempts",
            models.PositiveSmallIntegerField(default=0, help_text="that failed for reasons of its own"),
        ),
    ]

"""Keys may expire, and say when they were last used."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ingest", "0009_interrupted_batches")]

    operations = [
        migrations.AddField(
            "apikey",
            "expires_at",
            models.DateTimeField(null=True, blank=True, help_text="from then on it is refused"),
        ),
        migrations.AddField(
            "apikey",
            "last_used_at",
            models.DateTimeField(null=True, blank=True, help_text="to some minutes"),
        ),
    ]

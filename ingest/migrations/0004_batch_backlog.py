from django.db import migrations, models
from django.db.models import Q


def store_apart(apps, schema_editor):
    """PostgreSQL would try to compress every payload: noise of floats, milliseconds a batch for nothing."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE ingest_batch ALTER COLUMN payload SET STORAGE EXTERNAL")


class Migration(migrations.Migration):
    """How many bytes wait for their replay, told by an index alone."""

    dependencies = [
        ('ingest', '0003_waiting_halves'),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='payload_bytes',
            field=models.PositiveIntegerField(default=0, help_text='length of the payload when it was stored'),
        ),
        migrations.RunSQL(
            "UPDATE ingest_batch SET payload_bytes = LENGTH(payload) WHERE payload IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(condition=Q(state='pending'), fields=['project', 'payload_bytes'], name='batch_backlog'),
        ),
        migrations.RunPython(store_apart, migrations.RunPython.noop),
    ]

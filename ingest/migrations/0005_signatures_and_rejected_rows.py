from django.db import migrations, models

_SIGNATURE = {
    "blank": True,
    "default": "",
    "help_text": "of a SavedModel; empty for the one that it serves by default",
    "max_length": 200,
}


class Migration(migrations.Migration):
    """Which function of a model answered, and which rows of a post could not be stored."""

    dependencies = [
        ('ingest', '0004_batch_backlog'),
    ]

    operations = [
        migrations.AddField('batch', 'signature', models.CharField(**_SIGNATURE)),
        migrations.AddField('waitinghalf', 'signature', models.CharField(**_SIGNATURE)),
        migrations.AddField(
            model_name='batch',
            name='rejected',
            field=models.JSONField(help_text='rows of the same post that could not be stored, and why', null=True),
        ),
        migrations.AddField(
            model_name='waitinghalf',
            name='rejected',
            field=models.JSONField(default=list, help_text='rows that could not be read, and why'),
        ),
    ]

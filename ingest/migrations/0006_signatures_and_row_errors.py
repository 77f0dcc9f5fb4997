from django.db import migrations, models

_SIGNATURE = {
    "blank": True,
    "default": "",
    "help_text": "of a SavedModel; empty for the one that it serves by default",
    "max_length": 200,
}


class Migration(migrations.Migration):
    """Which function of a model answered, and what is wrong with rows of a post."""

    dependencies = [
        ('ingest', '0005_named_columns'),
    ]

    operations = [
        migrations.AddField('batch', 'signature', models.CharField(**_SIGNATURE)),
        migrations.AddField(
            model_name='waitinghalf',
            name='is_repeat',
            field=models.BooleanField(
                default=False, help_text='of a request that was stored with its response before'
            ),
        ),
        migrations.AddField('waitinghalf', 'signature', models.CharField(**_SIGNATURE)),
        migrations.AddField(
            model_name='batch',
            name='row_errors',
            field=models.JSONField(help_text='what is wrong with other rows of the same post', null=True),
        ),
        migrations.AddField(
            model_name='waitinghalf',
            name='row_errors',
            field=models.JSONField(help_text='what is wrong with other rows of the same half', null=True),
        ),
    ]

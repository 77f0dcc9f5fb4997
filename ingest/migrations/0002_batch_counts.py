from django.db import migrations, models


class Migration(migrations.Migration):
    """Counts of all predictions that come along with a sample of them."""

    dependencies = [
        ('ingest', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='counts',
            field=models.JSONField(help_text='of all predictions, where the rows are a sample of them', null=True),
        ),
    ]

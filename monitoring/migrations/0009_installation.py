import uuid

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0008_incident_severity'),
    ]

    operations = [
        migrations.AddField(
            model_name='metricdelivery',
            name='installation',
            field=models.UUIDField(
                default=uuid.uuid4, editable=False,
                help_text='sets the series of several services that write there apart',
            ),
        ),
    ]

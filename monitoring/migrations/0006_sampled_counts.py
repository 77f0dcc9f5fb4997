from django.db import migrations, models
from django.db.models import F


def all_rows_were_replayed(apps, schema_editor):
    apps.get_model('monitoring', 'HourlyCount').objects.update(replayed_rows=F('predictions'))


class Migration(migrations.Migration):
    """Until now every prediction that was counted had been sent as a row."""

    dependencies = [
        ('monitoring', '0005_drift'),
    ]

    operations = [
        migrations.AddField(
            model_name='hourlycount',
            name='replayed_rows',
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='hourlycount',
            name='dropped_rows',
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.RunPython(all_rows_were_replayed, migrations.RunPython.noop),
    ]

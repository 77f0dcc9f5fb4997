from django.db import migrations, models
from django.db.models import Q

FAILED = ('nonfinite_output', 'absorbed', 'replay_failed')


def warn_of_what_failed(apps, schema_editor):
    """In what share of the predictions is known of the hours to come; critical is what these show."""
    incidents = apps.get_model('monitoring', 'Incident').objects
    incidents.filter(Q(symptom__in=FAILED) | ~Q(cause='')).update(severity='warning')


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0007_incidents_add_up'),
    ]

    operations = [
        migrations.AddField(
            model_name='incident',
            name='severity',
            field=models.CharField(
                choices=[('info', 'info'), ('warning', 'warning'), ('critical', 'critical')],
                default='info', help_text='the highest since it was opened', max_length=8,
            ),
        ),
        migrations.RunPython(warn_of_what_failed, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='incidenthit',
            index=models.Index(fields=['incident', '-observed_at'], name='hits_newest'),
        ),
    ]

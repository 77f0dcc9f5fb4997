import django.db.models.deletion
from django.db import migrations, models

UNEXPLAINED = ('not_reproduced', 'shape_or_type', '')


def describe(apps, schema_editor):
    """What an incident says so far is its first description, and its proof is what its remedies claim."""
    description = apps.get_model('monitoring', 'IncidentDescription')
    for incident in apps.get_model('monitoring', 'Incident').objects.iterator():
        proven = any(one['proven'] for one in incident.report.get('remedies', []))
        grade = 'proven' if proven else 'observed' if incident.cause in UNEXPLAINED else 'likely'
        rows = 0 if incident.symptom == 'drift' else incident.rows
        incident.report['proof'] = {'grade': grade, 'rows': rows, 'cured': rows if proven else 0}
        incident.save(update_fields=['report'])
        if incident.symptom != 'drift':
            description.objects.create(
                incident=incident, title=incident.title, rows=incident.rows, report=incident.report,
                observed_at=incident.last_seen,
            )


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0006_sampled_counts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='incident',
            name='report',
            field=models.JSONField(help_text='its findings together in the words of the contract, strict JSON'),
        ),
        migrations.CreateModel(
            name='IncidentDescription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=300)),
                ('rows', models.PositiveBigIntegerField(default=0)),
                ('report', models.JSONField(help_text='of the batch that had most of them, as it was found')),
                ('batch_rows', models.PositiveBigIntegerField(default=0)),
                ('observed_at', models.DateTimeField()),
                ('batch', models.CharField(blank=True, max_length=40)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='descriptions', to='monitoring.incident')),
            ],
            options={
                'ordering': ['-rows', 'title'],
                'constraints': [models.UniqueConstraint(fields=('incident', 'title'), name='description_once_a_title')],
            },
        ),
        migrations.RunPython(describe, migrations.RunPython.noop),
    ]

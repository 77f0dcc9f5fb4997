import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Calls that arrive as two events, and batches of requests that got no prediction."""

    dependencies = [
        ('ingest', '0002_batch_counts'),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='unanswered',
            field=models.BooleanField(
                default=False, help_text='the serving stack logged the request and no prediction to it'
            ),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(
                condition=models.Q(('unanswered', True)), fields=['version'], name='batch_unanswered'
            ),
        ),
        migrations.CreateModel(
            name='WaitingHalf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call', models.CharField(help_text='the digest that both halves of a call share', max_length=64)),
                ('is_request', models.BooleanField()),
                ('event_id', models.CharField(max_length=200)),
                ('payload', models.BinaryField(help_text='framed tensors; no group of a response that was an error')),
                ('body_sha256', models.CharField(max_length=64)),
                ('occurred_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(auto_now_add=True, db_index=True)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='ingest.project')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='ingest.modelversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('project', 'call'), name='one_waiting_half_a_call')],
            },
        ),
    ]

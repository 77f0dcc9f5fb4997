from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0015_answers_and_comments")]

    operations = [
        migrations.AddField(
            "runningprogram",
            "trouble",
            models.TextField(blank=True, default="", help_text="what keeps it from its work, though it runs"),
        ),
    ]

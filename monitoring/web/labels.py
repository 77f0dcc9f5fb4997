"""What the pages call the states and scopes of the service."""

EVENTS = {
    "opened": "Opened",
    "reopened": "Reopened",
    "worsened": "Became more severe",
    "resolved": "Resolved",
    "ignored": "Ignored",
    "new_version": "Another version",
    "accepted": "Accepted as the new normal",
    "withdrawn": "No longer accepted as normal",
    "muted": "Muted",
    "unmuted": "No longer muted",
    "commented": "Comment",
}

ALERT_STATES = {
    "waiting": "waits",
    "sent": "sent",
    "skipped": "skipped",
    "given_up": "given up",
}

BATCH_STATES = {
    "pending": "waits for its replay",
    "replayed": "replayed",
    "failed": "failed",
    "quarantined": "quarantined",
}

SCOPES = {
    "ingest": "post rows (ingest)",
    "models": "register models (models)",
    "read": "read, and change nothing (read)",
    "incidents": "resolve, ignore and reopen incidents, accept a new normal (incidents)",
    "alerts": "report alerts of Cloud Monitoring (alerts)",
}

DEEDS = {
    "create": "made",
    "update": "updated",
    "keep": "unchanged",
    "leave": "edited by hand, left alone",
}

AUDITS = {
    "pending": "not audited yet",
    "passed": "audit passed",
    "findings": "audit has findings",
    "refused": "refused",
}

"""What other programs do here: tokens, REST under ``/api/v1``, signed webhooks."""

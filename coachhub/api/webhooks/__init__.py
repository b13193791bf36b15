"""What other programs are told of, signed as Standard Webhooks says."""

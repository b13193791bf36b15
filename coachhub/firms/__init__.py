"""Firms, memberships, invitations, plugin switches, house rules, and who is at the door."""

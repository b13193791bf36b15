"""Roster sync: a firm's directory keeps its people and cohorts, by SCIM 2.0 (RFC 7643, 7644)."""

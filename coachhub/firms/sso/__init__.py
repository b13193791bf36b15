"""Signing in with the firm's own provider, by OpenID Connect: for its proven domains alone."""

"""People and how they sign in: password, mail link, authenticator app, passkey, recovery codes."""

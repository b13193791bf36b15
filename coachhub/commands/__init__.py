"""Commands of the platform's desk: tables, firms, plugins, demo data."""

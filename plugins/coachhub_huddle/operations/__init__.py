"""Writing huddles, agendas, homework and calendar addresses: the only place that does."""

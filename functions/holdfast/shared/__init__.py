"""What every domain stands on: errors, contracts, settings, the catalogue, clients, the queue."""

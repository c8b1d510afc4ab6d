"""How each resource type of a template is installed: one file a service, found by its name."""

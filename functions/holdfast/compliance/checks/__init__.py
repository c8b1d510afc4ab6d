"""What several controls check alike, each of its own kind of resource."""

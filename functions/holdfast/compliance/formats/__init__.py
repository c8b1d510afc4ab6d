"""What a finding looks like to others: judged findings in, documents out."""

"""Who gets in: bucket policies, ACLs and public access blocks read as AWS reads them."""

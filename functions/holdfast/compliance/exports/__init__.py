"""What Security Hub and AWS Config are told."""

"""What a CloudFormation template declares, as facts that the same controls judge."""

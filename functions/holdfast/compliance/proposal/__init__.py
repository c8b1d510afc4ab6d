"""May CloudFormation make what it proposes? What the Lambda Hook is asked and answers."""

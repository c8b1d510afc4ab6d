import pytest

from holdfast.compliance.checks.secrets import found


@pytest.mark.parametrize(
    "line",
    [
        "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
        "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----",
        'db_password = "correct-horse"',
        '{"password": "correct-horse"}',
        "mysql --password=correct-horse",
        "API_KEY=12345",
        "git clone https://someone:correct-horse@git.example.com/ml.git",
        "pip config set global.index-url https://build:correct-horse@packages.example.com/simple",
        f"curl -H 'Authorization: token ghp_{'a' * 36}'",
        f"huggingface-cli login --key hf_{'a' * 34}",
    ],
)
def test_what_looks_like_a_secret_is_found(line: str) -> None:
    assert [number for number, _ in found(f"#!/bin/bash\n{line}")] == [2]


@pytest.mark.parametrize(
    "line",
    [
        "echo hello",
        "IDLE_TIME=3600",
        "python autostop.py --time $IDLE_TIME --ignore-connections",
        "PASSWORD=$(aws secretsmanager get-secret-value --secret-id ml/db --query SecretString)",
        'export DB_PASSWORD="${DB_PASSWORD}"',
        "token = os.environ['TOKEN']",
        "c.NotebookApp.token = ''",
        "git config --global credential.helper '!aws codecommit credential-helper $@'",
        "git clone https://git.example.com/ml.git",
        "max_tokens=4096",
        "SECRET_NAME=ml/db",
        "SECRET_ARN=arn:aws:secretsmanager:eu-west-1:123456789012:secret:ml/db-AbCdEf",
        "aws secretsmanager get-secret-value --secret-id 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:ml'",
        "api_key: <your key>",
        "aws s3 cp s3://ml/config /home/ec2-user/SageMaker/config",
        "password=changeme",
    ],
)
def test_what_only_names_a_secret_or_fetches_it_is_left_alone(line: str) -> None:
    assert list(found(line)) == []

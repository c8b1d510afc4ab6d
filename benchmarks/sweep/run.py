"""Sweep the same buckets with Holdfast and with Cloud Custodian, over moto's HTTP server, and print the ratio.

usage: .venv/bin/python benchmarks/sweep/run.py [--buckets 2000] [--rounds 3]
Cloud Custodian is installed from its hashed lock (benchmarks/sweep/custodian.txt) into build/benchmarks/custodian.
"""

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import boto3

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PEER = ROOT / "build" / "benchmarks" / "custodian"
CONTROLS = (
    "access_logging", "acls_disabled", "cross_account_access", "kms_encryption", "lifecycle", "public_access_block",
    "required_tags", "tls_only", "versioning_enabled",
)  # fmt: skip
REGION = "us-east-1"
BLOCK = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@dataclass(frozen=True)
class Measured:
    """What one sweep took."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    calls: int


def main() -> None:
    """Measure both, in turn, as often as asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--buckets", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    install()
    with served() as url:
        os.environ.update(environment(url))
        fill(given.buckets)
        found: dict[str, list[Measured]] = {"holdfast": [], "custodian": []}
        for number in range(given.rounds):
            for name in sorted(found, reverse=bool(number % 2)):
                found[name].append(measured(url, COMMANDS[name]))
                print(f"{name}: {found[name][-1]}", file=sys.stderr)
    tell(found, given.buckets)


def install() -> None:
    """Install the peer, once."""
    if (PEER / "bin" / "custodian").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", PEER], check=True)
    pip = [PEER / "bin" / "python", "-m", "pip", "install", "-qq", "--require-hashes", "--only-binary", ":all:", "-r"]
    subprocess.run([*pip, HERE / "custodian.txt"], check=True)


def environment(url: str) -> dict[str, str]:
    """Point every AWS client at the server."""
    return {
        "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip


@contextmanager
def served() -> Iterator[str]:
    """Serve an account until it is not needed any more."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, HERE / "server.py", str(port)])
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                asked(url, "/__count")
                break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        server.kill()
        server.wait()


def asked(url: str, place: str) -> bytes:
    """Ask the server itself, not the AWS that it plays."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("GET", place)
        return connection.getresponse().read()
    finally:
        connection.close()


def fill(buckets: int) -> None:
    """Make buckets, each kept well in some ways and badly in others."""
    s3: Any = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="holdfast-bench-logs")
    s3.put_bucket_acl(Bucket="holdfast-bench-logs", ACL="log-delivery-write")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: make(s3, number), range(buckets)))


def make(s3: Any, number: int) -> None:
    """Make one bucket; each bit of its number is one way to keep it."""
    name = f"holdfast-bench-{number:05d}"
    s3.create_bucket(Bucket=name)
    if number & 1:
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(BLOCK, True))
    if number & 2:
        rule = {"ObjectOwnership": "BucketOwnerEnforced"}
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": [rule]})
    if number & 4:
        arn = f"arn:aws:s3:::{name}"
        denial = {
            "Sid": "DenyClearText", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }  # fmt: skip
        policy = {"Version": "2012-10-17", "Statement": [denial]}
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    if number & 8:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if number & 16:
        kms = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=kms)
    if number & 32:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "owner", "Value": "team"}]})


def measured(url: str, command: list[str | Path]) -> Measured:
    """Run one sweep in a process of its own, and give what it took and what it asked."""
    asked(url, "/__reset")
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        process = subprocess.Popen([*command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1, 2):
        raise SystemExit(f"{command[0]} ended with {code}")
    calls = sum(json.loads(asked(url, "/__count")).values())
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, calls)


def tell(found: dict[str, list[Measured]], buckets: int) -> None:
    """Print a line for each, and the ratios of the medians."""
    typical = {
        name: Measured(*(median(getattr(one, field) for one in runs) for field in Measured.__dataclass_fields__))
        for name, runs in found.items()
    }
    print(f"{buckets} buckets, {len(CONTROLS)} controls, median of {len(found['holdfast'])} rounds")
    print(f"{'':10} {'wall s':>8} {'cpu s':>8} {'peak MB':>8} {'calls':>8} {'calls/bucket':>13}")
    for name, one in typical.items():
        print(
            f"{name:10} {one.wall_s:8.1f} {one.cpu_s:8.1f} {one.peak_mb:8.0f} {one.calls:8.0f} "
            f"{one.calls / buckets:13.2f}"
        )
    ours, peer = typical["holdfast"], typical["custodian"]
    print(
        f"custodian / holdfast: wall {peer.wall_s / ours.wall_s:.2f}, cpu {peer.cpu_s / ours.cpu_s:.2f}, "
        f"peak memory {peer.peak_mb / ours.peak_mb:.2f}, calls {peer.calls / ours.calls:.2f}"
    )


CHOSEN = [word for control in CONTROLS for word in ("--control", control)]
COMMANDS: dict[str, list[str | Path]] = {
    "holdfast": [
        Path(sys.executable).with_name("holdfast"), "check", "--json", "--region", REGION, "--kind", "s3_bucket",
        *CHOSEN,
    ],
    "custodian": [
        PEER / "bin" / "custodian", "run", "--region", REGION, "--cache-period", "15", "--cache", "./cache.db",
        "-s", "out", HERE / "custodian.yaml",
    ],
}  # fmt: skip

if __name__ == "__main__":
    main()

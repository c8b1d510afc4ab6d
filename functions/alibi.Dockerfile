# The alibi-detect function, too large for a zip. infra/code.py lays out what it is built of: the lock (alibi-runtime.txt),
# the source (holdfast/) and the manifest (governance.json); the platform is arm64.
FROM public.ecr.aws/lambda/python:3.12
COPY alibi-runtime.txt ./
RUN pip install --no-cache-dir --require-hashes --no-deps --only-binary :all: --target "${LAMBDA_TASK_ROOT}" -r alibi-runtime.txt
COPY governance.json /opt/governance.json
COPY holdfast "${LAMBDA_TASK_ROOT}/holdfast"
RUN python -m compileall -q "${LAMBDA_TASK_ROOT}"
# Some of its libraries write caches when they are imported, and only /tmp can be written to.
ENV NUMBA_CACHE_DIR=/tmp/numba MPLCONFIGDIR=/tmp/matplotlib HF_HOME=/tmp/huggingface
CMD ["holdfast.batches.examiner.lambda_handler"]

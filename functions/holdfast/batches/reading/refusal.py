"""Each way Arrow has to fail, in our words: is the file broken, or is it beyond us?"""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from holdfast.batches.reading.limits import BeyondLimits, MalformedPageError, Unreadable

OURS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EROFS, errno.EACCES})
CELL = re.compile(r"(?<=timestamp: ).+|(?<=string: ).+|'.*'|\".*\"|(?<=value )[-+]?[\d.][\w.+-]*", re.DOTALL)
"""What Arrow quotes of a cell: in quotes, as the `value` that it could not convert, or at the end of a message."""


@contextmanager
def refusing(what: str) -> Iterator[None]:
    """Say of each way Arrow has to fail whether the file is broken or beyond us."""
    try:
        yield
    except MemoryError as error:
        raise BeyondLimits(f"{what} does not fit in memory: {said(error)}") from error
    except pa.ArrowNotImplementedError as error:
        raise BeyondLimits(f"{what} is of a kind not read here: {said(error)}") from error
    except (pa.ArrowException, OSError, UnicodeDecodeError, MalformedPageError) as error:
        if type(error) is pa.ArrowException:  # no fault of the data: a thread did not start, say
            raise BeyondLimits(f"{what} could not be decoded here: {said(error)}") from error
        if isinstance(error, OSError) and error.errno in OURS:
            raise BeyondLimits(f"{what} found no room here: {said(error)}") from error
        raise Unreadable(f"{what} cannot be decoded: {said(error)}") from error


def said(error: BaseException) -> str:
    """Give what an error says, in one short line, and none of the data that Arrow may quote in it."""
    return " ".join(CELL.sub("*", str(error)).split())[:160]

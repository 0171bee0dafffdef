"""Run the muxer apart from the media server, one recording at a time."""

import asyncio
import sys
from typing import Final

from kernel.storage import NotStored, Storage
from rooms.media.dump import dumps
from rooms.media.manifest import Manifest

_ONE_AT_A_TIME: Final = asyncio.Semaphore(1)  # a file being made is in memory: 180 MB for 20 min
LONGEST: Final = 900.0  # seconds: a busy machine makes an hour's recording playable in one minute


class FinishError(Exception):
    """The muxer failed; its dump is kept, and the next start tries again."""


def pending(storage: Storage) -> list[str]:
    """Return the recordings that have dumps nobody writes any more: to be finished."""
    ids = {key.split("/")[1] for key in storage.names("recordings") if key.endswith(".rtp")}
    return sorted(number for number in ids if not _busy(storage, number))


async def finish(recording_id: str) -> Manifest:
    """Make a recording playable in a child process; return its manifest. Raise FinishError.

    The child reads the same settings from the environment. Call it once the recording's `close`
    has given its result, and for each one `pending` at the start.
    """
    async with _ONE_AT_A_TIME:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "rooms.media.mux",
            recording_id,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(LONGEST):
                out, err = await child.communicate()
        except (asyncio.CancelledError, TimeoutError) as error:
            child.kill()
            await child.wait()
            if isinstance(error, TimeoutError):
                raise FinishError(f"not done after {LONGEST:.0f} s") from error
            raise
    if child.returncode != 0:
        raise FinishError(err.decode(errors="replace").strip() or f"exit {child.returncode}")
    return Manifest.model_validate_json(out)


def forget_dumps(storage: Storage, made: Manifest) -> None:
    """Remove what a recording was made from, once it is written down that it is ready.

    Until then the next start finds them, and tells so again.
    """
    for key in made.dumps:
        if storage.exists(key) and not storage.being_written(key):
            storage.delete(key)


def _busy(storage: Storage, recording_id: str) -> bool:
    try:
        return any(storage.being_written(key) for key in dumps(storage, recording_id))
    except NotStored:  # the muxer has just removed it
        return True

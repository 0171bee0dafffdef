"""What whoever made an offer does with its answer: look for the media server where it says."""

from aioice import Candidate

from rooms.media.hooks import Link

LINE = "a=candidate:"


def addresses(answer: str) -> list[Candidate]:
    """Return the candidates of an answer, each once."""
    lines = {
        line.removeprefix(LINE): None for line in answer.split("\r\n") if line.startswith(LINE)
    }
    return [Candidate.from_sdp(line) for line in lines]


async def seek(link: Link, answer: str) -> None:
    """Have `link` send its checks to the addresses of an answer."""
    for candidate in addresses(answer):
        await link._connection.add_remote_candidate(candidate)  # noqa: SLF001 - a caller's part

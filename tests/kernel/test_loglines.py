from pathlib import Path

import pytest
import structlog

from kernel.loglines import LogThrottle, unfailing


def test_a_full_disk_stops_nobody_who_logs():
    full = Path("/dev/full").open("w", buffering=1)  # noqa: SIM115 - closing it must fail
    log = structlog.PrintLogger(unfailing(full))
    for _ in range(3):
        log.msg("a line" * 2000)
    unfailing(full).flush()
    with pytest.raises(OSError, match="No space left"):
        full.close()


def test_lines_arrive_whole(tmp_path):
    path = tmp_path / "log"
    with path.open("w") as stream:
        structlog.PrintLogger(unfailing(stream)).msg("one")
    assert path.read_text() == "one\n"


@pytest.mark.parametrize(
    "sign", ["\r", "\x1b", "\x07", "\x7f", "\x85", "\u2028", "\u2029", "\u202e"]
)
def test_what_a_reader_would_obey_is_written_out(tmp_path, sign):
    path = tmp_path / "log"
    with path.open("w", encoding="utf-8", newline="") as stream:
        structlog.PrintLogger(unfailing(stream)).msg(f"accès{sign}forged")
    assert path.read_bytes().decode() == f"accès\\u{ord(sign):04x}forged\n"


def test_the_same_thing_is_said_once_a_minute_with_its_count():
    seconds = [0.0]
    throttle = LogThrottle(60, lambda: seconds[0])
    said = []
    for second in range(150):
        seconds[0] = float(second)
        said.append((second, throttle.kept_back("down")))
    assert [pair for pair in said if pair[1] is not None] == [(0, 0), (60, 59), (120, 59)]
    assert throttle.kept_back("another thing") == 0
    throttle.forget()
    assert throttle.kept_back("down") == 0


def test_what_was_said_is_not_remembered_without_end():
    throttle = LogThrottle(60, lambda: 0.0)
    assert {throttle.kept_back(number) for number in range(3 * LogThrottle.MOST)} == {0}
    assert throttle.kept_back(0) == 0

"""A microphone's clock that stands while time passes, and a network that only looks like it."""

import numpy as np
import pytest

from rooms.media.depacketise import RATE, Frame, Report, Stream
from rooms.media.steps import steps
from rooms.media.timeline import place

NTP = 3.9e9
PACKET = 0.02  # seconds of sound
EVERY = 5.0  # seconds between sender reports


class Sender:
    """Somebody's microphone and camera; `true` is when each packet's sound really was."""

    def __init__(self, seconds: float, stalls: dict[float, float], seed: int = 1) -> None:
        chance = np.random.default_rng(seed)
        self.true = np.arange(0, seconds, PACKET)
        for moment, length in stalls.items():
            self.true = self.true[(self.true < moment) | (self.true >= moment + length)]
        self.own = np.arange(len(self.true)) * PACKET
        self.at = self.true + 0.06 + chance.exponential(0.004, len(self.true))
        self.seen = np.arange(0, seconds, 0.05)
        self.seen_at = self.seen + 0.3 + chance.exponential(0.004, len(self.seen))
        self.seconds = seconds

    def held_back(self, moment: float, length: float) -> None:
        """Have the network stall: what it held comes in one burst, and nothing is lost."""
        for at in (self.at, self.seen_at):
            at[(at >= moment) & (at < moment + length)] = moment + length

    def reports(self) -> tuple[list[Report], list[Report]]:
        """As browsers make them: the last packet's timestamp, moved by the time since."""
        sound, picture = [], []
        for moment in np.arange(EVERY, self.seconds, EVERY):
            last = int(np.searchsorted(self.true, moment, "right")) - 1
            own = self.own[last] + moment - self.true[last]
            sound.append(Report(round(own * RATE["audio"]), NTP + moment, moment + 0.06))
            picture.append(Report(round(moment * RATE["video"]), NTP + moment, moment + 0.3))
        return sound, picture

    def errors(self, *, told: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return how late sound and pictures are placed, in s, against when they happened."""
        sound, picture = self.reports() if told else ([], [])
        streams = [
            Stream("audio", self.at[0], self.at[-1], sound),
            Stream("video", self.seen_at[0], self.seen_at[-1], picture),
        ]
        frames = [
            Frame(0, "audio", round(own * RATE["audio"]), at, True, 0, 0, None, b"\xfc\xff")
            for own, at in zip(self.own, self.at, strict=True)
        ]
        frames += [
            Frame(1, "video", round(own * RATE["video"]), at, True, 160, 90, None, b"")
            for own, at in zip(self.seen, self.seen_at, strict=True)
        ]
        times = np.array([placement.time for placement in place(streams, frames)])
        return times[: len(self.true)] - self.true, times[len(self.true) :] - self.seen


STALLS: dict[str, dict[float, float]] = {
    "two seconds": {30.0: 2.0},
    "four of 0.3 s": {20.0: 0.3, 21.1: 0.3, 40.0: 0.3, 52.0: 0.3},
    "just more than noise": {30.0: 0.08},
    "before the first report": {2.0: 1.0},
    "after the last report": {57.0: 1.0},
    # A starved computer: 20 ms of sound lost every tenth of a second, for ten seconds.
    "little by little": {20 + n / 10: 0.02 for n in range(100)},
}


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("stalls", STALLS.values(), ids=STALLS)
def test_sound_stays_at_its_second_after_its_clock_stood(stalls, told):
    sound, pictures = Sender(60, stalls).errors(told=told)
    late = sound - np.median(pictures) if told else sound - 0.06
    meanwhile = 0.3 if len(stalls) > 9 else 0.06  # what is lost little by little shows in a while
    assert np.abs(late).max() < meanwhile
    assert np.abs(late[-25:]).max() < 0.06


def test_a_network_that_catches_up_is_no_step():
    sender = Sender(60, {})
    sender.held_back(30.0, 1.5)
    assert steps(sender.own, sender.at) == []
    for told in (True, False):
        assert np.abs(sender.errors(told=told)[0] - 0.06).max() < 0.01


def test_a_longer_way_is_no_step_when_the_reports_deny_it():
    sender = Sender(60, {})
    sender.at[sender.true > 30] += 0.2
    sender.seen_at[sender.seen > 30] += 0.2
    assert steps(sender.own, sender.at) == [1501]
    sound, pictures = sender.errors(told=True)
    assert np.abs(sound - pictures.mean()).max() < 0.01


@pytest.mark.parametrize("moment", [30.0, 296.5])
def test_a_late_stall_leaves_the_reports_believed(moment):
    """Pictures come 240 ms after the sound: only the reports put lips in step."""
    sender = Sender(300, {})
    sender.held_back(moment, 2.5)
    sound, pictures = sender.errors(told=True)
    assert abs(sound.mean() - pictures.mean()) < 0.01
    sound, pictures = sender.errors(told=False)
    assert sound.mean() - pictures.mean() == pytest.approx(-0.24, abs=0.01)


@pytest.mark.parametrize("told", [True, False])
def test_a_slow_beginning_is_no_step(told):
    """A busy computer takes its first pictures late, and the next ones at once."""
    sender = Sender(20, {})
    sender.seen_at[:30] += np.linspace(0.8, 0, 30)
    sender.at[:60] += np.linspace(0.8, 0, 60)
    sound, pictures = sender.errors(told=told)
    assert np.abs(sound - 0.06).max() < 0.01
    assert np.abs(pictures - (0.06 if told else 0.3)).max() < 0.01


def test_no_picture_is_placed_before_one_that_it_is_made_from():
    """A camera's clock that the reports say ran ahead by half a second."""
    sender = Sender(40, {})
    _sound, picture = sender.reports()
    ahead = np.where(sender.seen > 20, sender.seen + 0.5, sender.seen)
    told = [
        Report(report.timestamp + 45_000 * (report.at > 20.3), report.ntp, report.at)
        for report in picture
    ]
    frames = [
        Frame(0, "video", round(own * RATE["video"]), at, True, 160, 90, None, b"")
        for own, at in zip(ahead, sender.seen_at, strict=True)
    ]
    times = [placement.time for placement in place([Stream("video", 0, 40, told)], frames)]
    assert times == sorted(times)
    assert np.abs(np.array(times) - sender.seen - 0.3).max() < 0.01

"""Files as calendar programs write them: what each means, and what ical.js makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import calendar_oracle
import pytest

from scheduling.busy_reading import Engagements, merged, read
from scheduling.unreadable import Reason, Unreadable

CASES = Path(__file__).parent / "cases"
START, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A file, the busy times that it means, in UTC, and the zone of whoever subscribed it."""

    name: str
    busy: list[str]
    zone: str = "Europe/Paris"

    def __str__(self) -> str:
        return self.name


READ = (
    Case("z01_outlook_two_zones", ["12-01 08:00 / 12-01 09:00", "12-01 10:00 / 12-01 11:00"]),
    Case(
        "z02_windows_names_no_vtimezone",
        [
            "12-01 08:00 / 12-01 09:00",
            "12-01 13:00 / 12-01 14:00",
        ],
    ),
    Case("z03_customized_time_zone", ["12-08 08:00 / 12-08 16:00"], "America/New_York"),
    Case("z04_tzone_microsoft_custom", ["12-08 06:00 / 12-08 07:00"], "America/New_York"),
    Case("z05_tzone_microsoft_utc_bare", ["12-08 07:00 / 12-08 08:00"]),
    Case("z06_display_name_with_vtimezone", ["12-08 06:00 / 12-08 07:00"], "America/New_York"),
    Case("z07_accented_tzid_unquoted", ["12-08 06:00 / 12-08 07:00"], "America/New_York"),
    Case("z08_tzid_trailing_nul", ["12-08 09:00 / 12-08 11:00"], "America/New_York"),
    Case("z09_freeassociation_prefix_bare", ["12-08 09:00 / 12-08 11:00"], "America/New_York"),
    Case("z10_freeassociation_prefix_vtz", ["12-08 09:00 / 12-08 11:00"], "America/New_York"),
    Case("z11_utc_plus_three_quoted", ["12-08 08:00 / 12-08 09:00"]),
    Case("z13_own_zone_dtstart_in_utc", ["12-07 23:00 / 12-08 00:00"]),
    Case("z14_vtimezone_after_event", ["12-08 08:00 / 12-08 09:00"]),
    Case("z15_x_wr_timezone_floating", ["12-08 15:00 / 12-08 16:00"]),
    Case("z16_both_tzid_and_z", ["12-08 10:00 / 12-08 11:00"]),
    Case(
        "z17_old_and_odd_names",
        [
            "12-08 08:00 / 12-08 09:00",
            "12-08 09:30 / 12-08 10:30",
            "12-08 18:00 / 12-08 19:00",
        ],
    ),
    Case("z18_zimbra_caldav_vtz_1601_0101", ["03-30 12:00 / 03-30 13:00"]),
    Case(
        "z19_weekly_custom_zone_over_change",
        [
            "03-22 13:00 / 03-22 14:00",
            "03-29 12:00 / 03-29 13:00",
        ],
        "America/New_York",
    ),
    Case(
        "z21_two_calendars_same_tzid_differently",
        [
            "12-08 09:00 / 12-08 10:00",
            "12-09 02:00 / 12-09 03:00",
        ],
    ),
    Case("d01_all_day_end_equals_start", ["12-07 23:00 / 12-08 23:00"]),
    Case("d02_all_day_opaque", ["12-07 23:00 / 12-08 23:00"]),
    Case("d03_value_date_with_time", ["12-07 23:00 / 12-09 23:00"]),
    Case("d04_value_date_with_hours", ["12-07 23:00 / 12-08 23:00"]),
    Case("d05_date_without_value", ["12-07 23:00 / 12-08 23:00"]),
    Case("d07_duration_p1d", ["12-07 23:00 / 12-09 23:00"]),
    Case(
        "d08_all_day_recurring_over_dst",
        [
            "03-27 23:00 / 03-28 22:00",
            "04-03 22:00 / 04-04 22:00",
        ],
    ),
    Case("d09_free_all_day_marker", []),
    Case("d10_tentative_counts", ["12-08 09:00 / 12-08 10:00"]),
    Case("r01_exdate_is_a_day", ["12-01 13:00 / 12-01 14:30", "12-15 13:00 / 12-15 14:30"]),
    Case("r02_exdate_in_utc", ["12-01 13:00 / 12-01 14:30", "12-15 13:00 / 12-15 14:30"]),
    Case(
        "r03_moved_occurrence",
        [
            "12-02 09:00 / 12-02 10:00",
            "12-08 15:00 / 12-08 16:00",
            "12-16 09:00 / 12-16 10:00",
        ],
    ),
    Case(
        "r04_override_becomes_whole_day",
        [
            "12-01 00:00 / 12-01 00:30",
            "12-03 00:00 / 12-03 00:30",
            "12-09 23:00 / 12-10 23:00",
        ],
    ),
    Case("r05_recurrence_id_without_master", ["12-08 09:00 / 12-08 10:00"]),
    Case(
        "r06_this_and_future",
        [
            "12-01 09:00 / 12-01 10:00",
            "12-02 09:00 / 12-02 10:00",
            "12-03 14:00 / 12-03 16:00",
            "12-04 14:00 / 12-04 16:00",
        ],
    ),
    Case("r07_exdate_of_a_changed_one", ["11-29 23:00 / 11-30 23:00", "12-13 23:00 / 12-14 23:00"]),
    Case("r08_one_cancelled_one_free", ["12-01 09:00 / 12-01 10:00", "12-04 09:00 / 12-04 10:00"]),
    Case(
        "r09_until_is_a_day",
        [
            "12-01 08:00 / 12-01 09:00",
            "12-02 08:00 / 12-02 09:00",
            "12-03 08:00 / 12-03 09:00",
        ],
    ),
    Case("r10_until_local", ["12-02 00:00 / 12-02 01:00", "12-03 00:00 / 12-03 01:00"]),
    Case(
        "r11_trailing_semicolon_rrule",
        [
            "12-01 09:00 / 12-01 10:00",
            "12-02 09:00 / 12-02 10:00",
        ],
    ),
    Case(
        "r12_rdate_period",
        [
            "12-01 09:00 / 12-01 10:00",
            "12-03 12:00 / 12-03 15:00",
            "12-05 08:00 / 12-05 08:30",
        ],
    ),
    Case("r13_birthdays_1604", []),
    Case("r14_two_events_same_uid", ["12-01 09:00 / 12-01 10:00", "12-03 09:00 / 12-03 10:00"]),
    Case(
        "r15_events_without_uid",
        [
            "12-01 09:00 / 12-01 10:00",
            "12-03 09:00 / 12-03 10:00",
            "12-05 09:00 / 12-05 10:00",
        ],
    ),
    Case(
        "r16_dtstart_not_in_rule",
        [
            "12-01 09:00 / 12-01 10:00",
            "12-02 09:00 / 12-02 10:00",
            "12-09 09:00 / 12-09 10:00",
            "12-16 09:00 / 12-16 10:00",
        ],
    ),
    Case(
        "r17_last_friday",
        [
            "11-27 08:00 / 11-27 09:00",
            "12-25 08:00 / 12-25 09:00",
            "01-29 08:00 / 01-29 09:00",
            "02-26 08:00 / 02-26 09:00",
        ],
    ),
    Case(
        "r18_night_over_dst_end_local",
        [
            "03-27 21:00 / 03-28 04:00",
            "03-28 20:00 / 03-29 04:00",
        ],
    ),
    Case("b01_bom", ["12-01 09:00 / 12-01 10:00"]),
    Case("b02_lf_only", ["12-01 09:00 / 12-01 10:00"]),
    Case("b03_cr_only", ["12-01 09:00 / 12-01 10:00"]),
    Case("b04_blank_lines", ["12-01 09:00 / 12-01 10:00"]),
    Case("b05_raw_newline_in_description", ["12-01 09:00 / 12-01 10:00"]),
    Case("b06_quote_in_parameter", ["12-01 09:00 / 12-01 10:00", "12-02 09:00 / 12-02 10:00"]),
    Case("b07_line_without_colon", ["12-01 09:00 / 12-01 10:00", "12-02 09:00 / 12-02 10:00"]),
    Case("b08_latin1_bytes", ["12-01 09:00 / 12-01 10:00"]),
    Case("b09_trailing_nul", ["12-01 09:00 / 12-01 10:00"]),
    Case("b10_illegal_created", ["12-01 09:00 / 12-01 10:00"]),
    Case("b12_bad_harmless_values", ["12-01 09:00 / 12-01 10:00"]),
    Case("b13_time_240000", ["12-01 22:00 / 12-02 00:00"]),
    Case("b14_end_before_start", ["12-01 09:00 / 12-01 10:00"]),
    Case("b15_end_in_other_zone", ["12-01 09:00 / 12-01 17:00"]),
    Case(
        "b16_vfreebusy_only",
        [
            "12-01 09:00 / 12-01 10:00",
            "12-01 13:00 / 12-01 13:30",
            "12-02 09:00 / 12-02 17:00",
        ],
    ),
    Case("b17_travel_time", ["12-08 12:00 / 12-08 15:30"]),
    Case("b18_declined", ["12-08 09:00 / 12-08 10:00"]),
    Case("b19_method_many_times", ["12-01 09:00 / 12-01 10:00", "12-03 09:00 / 12-03 10:00"]),
    Case("b20_lower_case", ["12-01 09:00 / 12-01 10:00"]),
    Case("b21_double_colon", ["12-01 09:00 / 12-01 10:00"]),
    Case("b22_space_after_value", ["12-01 09:00 / 12-01 10:00"]),
    Case("b23_dtstart_missing", ["12-02 09:00 / 12-02 10:00"]),
    Case("b25_natuurhuisje_vtz_no_dtstart", ["12-01 00:00 / 12-08 00:00"]),
    Case("b26_nonchar", ["12-01 09:00 / 12-01 10:00"]),
    Case("b27_own_uid_marker_only", []),
    Case(
        "r19_two_every_second_day",
        [
            "12-01 07:00 / 12-01 07:15",
            "12-01 17:00 / 12-01 17:15",
            "12-03 07:00 / 12-03 07:15",
            "12-03 17:00 / 12-03 17:15",
        ],
    ),
    Case("r21_two_outlook_birthdays_at_month_end", ["12-01 09:00 / 12-01 10:00"]),
    Case(
        "r23_seasonal_weekly",
        [
            "12-01 18:00 / 12-01 20:00",
            "12-02 18:00 / 12-02 20:00",
            "12-08 18:00 / 12-08 20:00",
            "12-09 18:00 / 12-09 20:00",
        ],
    ),
    Case("z22_old_event_of_unknown_zone", ["12-01 09:00 / 12-01 10:00"]),
    Case("b28_old_broken_event", ["12-01 09:00 / 12-01 10:00"]),
)
REFUSED = {
    "b24_empty_dtend": (Reason.BROKEN, "2026-12-01"),
    "b29_first_end_vevent_missing": (Reason.CUT, "l. 10"),
    "b29_last_end_vevent_missing": (Reason.CUT, "l. 17"),
}
LEFT_OUT = {
    "b23_dtstart_missing": [("sans date", "", Reason.BROKEN)],
    "b28_old_broken_event": [("vieux", "2012-05-08", Reason.BROKEN)],
    "z22_old_event_of_unknown_zone": [("vieux", "2012-05-08", Reason.UNKNOWN_ZONE)],
}
OTHERWISE = {
    # It refuses these files.
    *("b01_bom", "b03_cr_only", "b05_raw_newline_in_description", "b07_line_without_colon"),
    *("b09_trailing_nul", "b21_double_colon", "b23_dtstart_missing", "b28_old_broken_event"),
    *("d05_date_without_value", "r12_rdate_period"),
    # It knows no zone by name but those of the time zone database.
    *("z02_windows_names_no_vtimezone", "z05_tzone_microsoft_utc_bare"),
    *("z09_freeassociation_prefix_bare", "z15_x_wr_timezone_floating"),
    "z22_old_event_of_unknown_zone",
    # What it leaves free is taken: an end before its start, busy times, the way there, whole days.
    *("b14_end_before_start", "b16_vfreebusy_only", "b17_travel_time"),
    *("d01_all_day_end_equals_start", "d04_value_date_with_hours", "r16_dtstart_not_in_rule"),
    "r09_until_is_a_day",
    # Our own appointments; exceptions in UTC; a changed occurrence that a later version drops.
    *("b27_own_uid_marker_only", "r02_exdate_in_utc", "r07_exdate_of_a_changed_one"),
}
"""Where ical.js says something else than the right times, and why."""


def shown(times: list[tuple[int, int]]) -> list[str]:
    return [
        " / ".join(f"{datetime.fromtimestamp(second, UTC):%m-%d %H:%M}" for second in span)
        for span in times
    ]


def taken(case: Case) -> Engagements:
    return read((CASES / f"{case.name}.ics").read_bytes(), case.zone, START, END)


@pytest.mark.parametrize("case", READ, ids=str)
def test_a_file_is_busy_when_its_owner_is(case):
    reading = taken(case)
    left = [(event.title, event.day, event.why) for event in reading.left_out]
    assert (shown(reading.times), left) == (case.busy, LEFT_OUT.get(case.name, []))


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_may_hide_a_busy_time_is_refused_by_name(name):
    with pytest.raises(Unreadable) as refused:
        taken(Case(name, []))
    assert (refused.value.reason, refused.value.detail) == REFUSED[name]


def test_two_files_of_one_process_may_define_a_zone_differently():
    new_york, paris = (
        Case(f"zone_cache/{name}", [])
        for name in ("1_evaluator_in_new_york", "2_evaluator_in_paris")
    )
    for _ in range(2):
        assert shown(taken(new_york).times) == ["12-08 15:00 / 12-08 16:00"]
        assert shown(taken(paris).times) == ["12-08 09:00 / 12-08 10:00"]


def test_every_file_is_a_case():
    known = {case.name for case in READ} | REFUSED.keys()
    assert {path.stem for path in CASES.glob("*.ics")} == known


def test_ical_js_reads_the_same_times():
    cases = [case for case in READ if case.name not in OTHERWISE]
    answers = calendar_oracle.busy(
        [
            {
                "file": str(CASES / f"{case.name}.ics"),
                "zone": case.zone,
                "from": int(START.timestamp()),
                "until": int(END.timestamp()),
            }
            for case in cases
        ]
    )
    read_there = {
        case.name: answer if isinstance(answer, str) else shown(merged(answer))
        for case, answer in zip(cases, answers, strict=True)
    }
    assert read_there == {case.name: case.busy for case in cases}

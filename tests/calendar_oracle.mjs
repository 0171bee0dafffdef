// Reads calendar files with ical.js: a JSON line for each question on standard input, one for each
// answer. {"file" or "text", "zone", "from", "until"} gives {"spans"}: the busy times that ical.js
// finds, in seconds since 1970, or {"refused"}: why it does not read the file.
import fs from "node:fs";
import readline from "node:readline";
import ICAL from "ical.js";

const clocks = new Map();
function clock(zone) {
  if (!clocks.has(zone)) {
    clocks.set(zone, new Intl.DateTimeFormat("en-US", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric",
      hour: "numeric", minute: "numeric", second: "numeric",
    }));
  }
  return clocks.get(zone);
}

function zoneOffset(zone, ms) {
  const parts = Object.fromEntries(clock(zone).formatToParts(ms).map((p) => [p.type, p.value]));
  const wall = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return (wall - ms) / 1000;
}

// ical.js knows no zone by name: a floating time, or one of a zone that the file does not define,
// is on the clock of that name, or of the reader. Without a reader, the file must define its zones.
function second(time, property, reader) {
  const named = property && property.getParameter("tzid");
  if (time.zone && time.zone !== ICAL.Timezone.localTimezone) return time.toUnixTime();
  if (!reader) throw new Error(`no definition of ${named ?? "the reader's zone"}`);
  let zone = reader;
  if (named && !time.isDate) {
    zone = named;
  }
  const wall = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second) / 1000;
  let at = wall;
  for (let turn = 0; turn < 3; turn += 1) at = wall - zoneOffset(zone, at * 1000);
  return at;
}

function spans(question) {
  const busy = [];
  const text = question.text ?? fs.readFileSync(question.file, "utf8");
  for (const calendar of [ICAL.parse(text)].flatMap((c) => (Array.isArray(c[0]) ? c : [c]))) {
    ICAL.TimezoneService.reset();
    const root = new ICAL.Component(calendar);
    for (const zone of root.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
    const parts = root.getAllSubcomponents("vevent");
    const events = parts.map((part) => new ICAL.Event(part, { strictExceptions: true }));
    const masters = events.filter((event) => !event.isRecurrenceException());
    const orphans = [];
    for (const event of events.filter((each) => each.isRecurrenceException())) {
      const owner = masters.find((each) => each.uid === event.uid);
      if (owner) owner.relateException(event);
      else orphans.push(event);
    }
    for (const event of [...masters, ...orphans]) {
      const property = event.component.getFirstProperty("dtstart");
      const put = (item, start, end) => {
        const part = item.component;
        if (part.getFirstPropertyValue("transp") === "TRANSPARENT") return;
        if (part.getFirstPropertyValue("status") === "CANCELLED") return;
        const from = part.getFirstProperty("dtstart");
        const to = part.getFirstProperty("dtend") || from;
        const span = [second(start, from, question.zone), second(end, to, question.zone)];
        if (span[0] < question.until && span[1] > question.from && span[0] < span[1]) busy.push(span);
      };
      if (!event.isRecurring()) {
        put(event, event.startDate, event.endDate);
        continue;
      }
      const iterator = event.iterator();
      for (let next = iterator.next(), count = 0; next && count < 5000; next = iterator.next(), count += 1) {
        if (next.year < new Date(question.from * 1000).getUTCFullYear() - 1) continue;
        const details = event.getOccurrenceDetails(next);
        put(details.item, details.startDate, details.endDate);
        if (second(next, property, question.zone) > question.until + 86400 * 30) break;
      }
    }
  }
  return busy.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  let answer;
  try {
    answer = { spans: spans(question) };
  } catch (error) {
    answer = { refused: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

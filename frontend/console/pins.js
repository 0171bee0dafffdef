/** Incidents as pins: on the bar of the part in which they came, and on the recording's timeline. */
import { make } from '../base/dom.js';
import { say } from '../base/words.js';

/** @typedef {import('../types/shown').IncidentShown} Incident */

/** @param {Incident} incident */
export const incidentWords = ({ kind, note }) => say('incident_pin', { note: note || say(`incident_${kind}`) });

/**
 * @param {Element} place over the bar of a part
 * @param {import('../types/shown').OralPart} part
 * @param {Incident[]} incidents those of the whole oral
 */
export function drawPins(place, part, incidents) {
  const here = incidents.filter((incident) => incident.part === part.part && part.started_at);
  if (place.childElementCount === here.length) return;
  place.replaceChildren(
    ...here.map((incident) => {
      const words = incidentWords(incident);
      const pin = make('li', { class: 'vv-console-pin', title: words }, make('span', { 'aria-hidden': 'true' }, '!'), make('span', { class: 'visually-hidden' }, words));
      // A pause is no time of the part: a pin never stands further than the part has come.
      const second = Math.min((Date.parse(incident.at) - Date.parse(part.started_at ?? '')) / 1000, part.elapsed_s);
      pin.style.insetInlineStart = `${Math.min(100, (second / part.soft_s) * 100)}%`;
      return pin;
    }),
  );
}

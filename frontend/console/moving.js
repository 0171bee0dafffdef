/** Binding a note to another second of the recording, and to the part that ran then. */
import { say } from '../base/words.js';
import { announce } from './announce.js';
import { minutes } from './times.js';

/**
 * @param {() => import('./sheet.js').Sheet|null} known
 * @param {{duration: number|null, partAt: (second: number) => number|null, seek: (second: number) => void}} review
 * @param {string} name of the note
 * @param {number} second
 */
export function moveNote(known, review, name, second) {
  const sheet = known();
  const note = sheet?.notes.find(({ client_id }) => client_id === name);
  if (!sheet || !note || review.duration === null) return;
  const at = Math.round(Math.max(0, Math.min(review.duration, second)) * 10) / 10;
  sheet.editNote({ ...note, second: at, part: review.partAt(at) ?? note.part });
  review.seek(at);
  announce(say('note_moved', { time: minutes(at) }));
}

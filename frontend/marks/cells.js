/**
 * What a scoresheet shows: what the server told, with what it does not have yet on top.
 *
 * Pure. An operation says what its author saw: the sheet's revision (`base`), or the author's own
 * operation on the same cell that the server may not know yet (`after`). The server replaces only
 * what was seen; see `rubrics/syncing.py`.
 */

/**
 * @typedef {import('../types/shown').MarkShown} Mark
 * @typedef {import('../types/shown').NoteShown} Note
 * @typedef {import('../types/posted').Change['kind']} Kind
 *
 * @typedef {import('../types/posted').Change} Change
 * @typedef {Change & {after: string, made_at: number, chooses?: boolean}} Operation a change as it is kept here:
 *   `made_at` by this computer's clock, told and never trusted; `chooses`: between two that were both shown
 *
 * @typedef {import('../types/shown').SheetShown} Known
 */

/**
 * @template C
 * @typedef {C extends Change ? Pick<C, 'kind'|'place'|'value'> & {chooses?: boolean} : never} Part
 */
/** @typedef {Part<Change>} Wanted what somebody wrote on a cell */

/** @type {Mark} */
const BLANK = { thirds: null, not_assessable: false, reason: '', nothing_to_add: false };

/** @param {{kind: Kind, place: string}} change @returns {string} what it writes on */
export const cellOf = ({ kind, place }) => `${kind === 'removal' ? 'note' : kind}:${place}`;

/** @returns {string} a name that nothing else has */
export function freshName() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * @param {Known} known
 * @param {Operation[]} pending
 * @param {Wanted} wanted
 * @returns {Operation}
 */
export function operation(known, pending, wanted) {
  const last = pending.findLast((made) => cellOf(made) === cellOf(wanted));
  const shown = wanted.kind === 'level' || wanted.kind === 'nothing' ? known.rivals[wanted.place]?.[wanted.kind]?.[0] : undefined;
  const told = { id: freshName(), made_at: Date.now(), ...wanted };
  if (wanted.chooses) return { ...told, base: known.revision, after: last?.id ?? '' };
  if (last) return { ...told, base: last.base, after: last.id };
  // Going on without choosing writes over the value that is shown, and keeps the other one.
  if (shown) return { ...told, base: 0, after: shown.id };
  return { ...told, base: known.revision, after: '' };
}

/**
 * @param {Known} known
 * @param {Operation[]} pending
 * @param {string} criterion
 * @returns {Mark}
 */
export function markOf(known, pending, criterion) {
  let mark = { ...BLANK, ...known.marks[criterion] };
  for (const { kind, place, value } of pending) {
    if (place === criterion && (kind === 'level' || kind === 'nothing')) mark = { ...mark, ...value };
  }
  return mark;
}

/**
 * @param {Known} known
 * @param {Operation[]} pending
 * @returns {Note[]} in the order of the recording
 */
export function notesOf(known, pending) {
  /** @type {Map<string, Note>} */
  const notes = new Map(known.notes.map((note) => [note.client_id, note]));
  for (const { kind, place, value } of pending) {
    if (kind === 'note') notes.set(place, /** @type {Note} */ ({ client_id: place, ...value }));
    else if (kind === 'removal') notes.delete(place);
  }
  return [...notes.values()].sort((a, b) => (a.second ?? Infinity) - (b.second ?? Infinity) || 0);
}

/**
 * Values of one cell that devices wrote without knowing of each other; a person chooses between them.
 * @param {Known} known
 * @param {Operation[]} pending
 * @param {string} criterion
 * @param {'level'|'nothing'} kind
 * @returns {Record<string, any>[]} two or more, the one that counts until then first; or none
 */
export function rivalsOf(known, pending, criterion, kind) {
  /** @type {Record<string, any>[]} */
  let values = (known.rivals[criterion]?.[kind] ?? []).map(({ id, ...value }) => value);
  for (const change of pending) {
    if (change.place !== criterion || change.kind !== kind) continue;
    values = change.chooses ? [] : values.length > 0 ? [change.value, ...values.slice(1)] : [];
  }
  const differing = new Map(values.map((value) => [JSON.stringify(Object.entries(value).sort()), value]));
  return differing.size > 1 ? [...differing.values()] : [];
}

/**
 * @param {Operation[]} pending
 * @returns {number} changes as a person counts them: however often a mark was moved, it is one
 */
export const changesIn = (pending) => new Set(pending.map(cellOf)).size;

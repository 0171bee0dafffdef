/** « Un problème ? »: what to try, and a line to the evaluator. */
import { find, say, write } from '../live/words.js';

/** @param {import('../live/state.js').OralClient} client */
export function wireProblem(client) {
  const dialog = /** @type {HTMLDialogElement} */ (find('#problem'));
  const note = /** @type {HTMLTextAreaElement} */ (find('#problem-note'));
  const error = find('[data-problem-error]');
  find('[data-reload]').addEventListener('click', () => location.reload());
  find('[data-problem-form]').addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await client.act('problem', { note: note.value });
      note.value = '';
      error.hidden = true;
      dialog.close();
      const flash = find('[data-flash]');
      flash.hidden = false;
      write(flash, say('problem_sent'));
      setTimeout(() => {
        flash.hidden = true;
      }, 6000);
    } catch (failure) {
      error.hidden = false;
      write(error, failure instanceof Error ? failure.message : say('offline'));
    }
  });
}

/** « Un problème ? »: what to try, and a line to the evaluator. */
import { find, write } from '../base/dom.js';
import { say } from '../base/words.js';

/** @param {import('./client.js').CandidateClient} client */
export function wireProblem(client) {
  const dialog = find('#problem', HTMLDialogElement);
  const note = find('#problem-note', HTMLTextAreaElement);
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

/** « Un problème ? »: what to try, and a line to the evaluator, or to the coordinators. */
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
      const here = client.state?.evaluator.status === 'here';
      await client.act('problem', { note: note.value });
      note.value = '';
      error.hidden = true;
      dialog.close();
      const flash = find('[data-flash]');
      flash.hidden = false;
      write(flash, say(here ? 'problem_sent' : 'problem_sent_office'));
      setTimeout(() => {
        flash.hidden = true;
      }, 6000);
    } catch (failure) {
      error.hidden = false;
      write(error, failure instanceof Error ? failure.message : say('offline'));
    }
  });
}

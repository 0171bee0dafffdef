/**
 * What every page has: a few small behaviours hung on data attributes.
 *
 * Everything works on content that htmx brings later (`desk.js`), since the listeners stand on the
 * document.
 */
import './base/clipboard.js';
import './base/dialogs.js';
import './base/forms.js';
import './base/menus.js';
import './base/sign_out.js';
import './base/tables.js';
import './base/theme.js';
import './base/zones.js';

/**
 * What every page has: htmx, and a few small behaviours hung on data attributes.
 *
 * Everything works on content that htmx brings later, since the listeners stand on the document.
 */
import htmx from 'htmx.org';
import './base/clipboard.js';
import './base/dialogs.js';
import './base/forms.js';
import './base/menus.js';
import './base/moments.js';
import './base/sign_out.js';
import './base/tables.js';
import './base/theme.js';
import './base/zones.js';

// Before htmx starts (it waits for the document): nothing inline, nothing evaluated.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.historyCacheSize = 0;
htmx.config.globalViewTransitions = false;
htmx.config.scrollIntoViewOnBoost = false;

/**
 * What the desks have beyond `app.js`: htmx, which brings a part of a page anew. The console, the
 * written test and the rooms do without, and stand sooner.
 */
import htmx from 'htmx.org';

// Before htmx starts (it waits for the document): nothing inline, nothing evaluated.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.historyCacheSize = 0;
htmx.config.globalViewTransitions = false;
htmx.config.scrollIntoViewOnBoost = false;

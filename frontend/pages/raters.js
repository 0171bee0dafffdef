/** How far a study of raters is, without asking for the page again. */
import { keepFresh } from '../live/topic.js';

keepFresh('raters');

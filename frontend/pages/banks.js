/** The preview of a question works as it does for its candidate. */
import { wireQuestion } from '../written/question.js';

wireQuestion(document);

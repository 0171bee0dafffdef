import '../live/words.js';

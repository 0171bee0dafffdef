/** The equipment test on its own page. */
import { find } from '../base/dom.js';
import { pageData } from '../base/words.js';
import { EquipmentTest } from '../room/equipment.js';

/** @type {import('../types/shown').EquipmentPage} */
const page = pageData();
new EquipmentTest(find('[data-kit]'), page);

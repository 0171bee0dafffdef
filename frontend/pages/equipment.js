/** The equipment test on its own page. */
import { find } from '../live/words.js';
import { EquipmentTest } from '../room/equipment.js';

new EquipmentTest(find('[data-kit]'));

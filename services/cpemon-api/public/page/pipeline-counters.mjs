import { element, setText } from './element.mjs';
import { formatCount } from './format.mjs';

/** Shown when the API reports them. A device or event here wants a person's eye when `alarming` and not zero. */
const COUNTERS = [
  { field: 'duplicates', label: 'duplicates', alarming: false },
  { field: 'late', label: 'late', alarming: false },
  { field: 'parked_devices', label: 'parked devices', alarming: true },
  { field: 'parked_events', label: 'parked events', alarming: true },
  { field: 'dead_letters', label: 'dead letters', alarming: true },
  { field: 'discarded', label: 'discarded', alarming: false },
  { field: 'skipped', label: 'skipped', alarming: true },
];

/** @param {HTMLElement} list @returns {(totals: any) => void} */
export function createPipelineCounters(list) {
  const counters = COUNTERS.map((counter) => {
    const value = element('dd');
    return { ...counter, value, item: element('div', {}, element('dt', {}, counter.label), value) };
  });
  list.replaceChildren(...counters.map(({ item }) => item));
  return (totals) => {
    for (const { field, alarming, item, value } of counters) {
      const words = formatCount(totals[field]);
      item.hidden = words === null;
      item.classList.toggle('alarming', alarming && totals[field] > 0);
      setText(value, words ?? '');
    }
  };
}

import { element, setChildren, setText, setValue, svgElement } from './element.mjs';
import { formatCount, formatDuration, formatRate } from './format.mjs';
import { curvePieces } from './rate-history.mjs';

const WIDTH = 240;
const HEIGHT = 36;

/**
 * The strip accepted → backlog → applied.
 * @param {HTMLElement} list
 * @returns {(totals: any, backlog: { state: string }, history: readonly import('./rate-history.mjs').Point[]) => void}
 */
export function createPipelineStages(list) {
  const accepted = createStage('accepted', 'Accepted', ['rate']);
  const backlog = createStage('backlog', 'Backlog', ['oldest', 'drain ETA']);
  const applied = createStage('applied', 'Applied', ['rate']);
  list.replaceChildren(accepted.item, backlog.item, applied.item);

  return (totals, { state }, history) => {
    setValue(accepted.number, formatCount(totals.accepted));
    setValue(accepted.facts.rate, perSecond(totals.accept_rate));
    setValue(applied.number, formatCount(totals.applied));
    setValue(applied.facts.rate, perSecond(totals.drain_rate));

    setValue(backlog.number, formatCount(totals.lag_events));
    setValue(
      backlog.facts.oldest,
      totals.lag_events === 0 ? 'none' : oldestWords(totals.oldest_unapplied_age_seconds),
    );
    setValue(backlog.facts['drain ETA'], drainWords(totals, state));
    backlog.item.dataset.state = state;

    const highestRate = Math.max(
      1,
      ...history.flatMap((point) => [point.acceptRate ?? 0, point.drainRate ?? 0]),
    );
    const highestLag = Math.max(100, ...history.map((point) => point.lag ?? 0));
    accepted.draw(
      history.map(({ at, acceptRate }) => ({ at, value: acceptRate })),
      highestRate,
    );
    applied.draw(
      history.map(({ at, drainRate }) => ({ at, value: drainRate })),
      highestRate,
    );
    backlog.draw(
      history.map(({ at, lag }) => ({ at, value: lag })),
      highestLag,
    );
  };
}

/** @param {unknown} rate */
function perSecond(rate) {
  const words = formatRate(rate);
  return words === null ? null : `${words} /s`;
}

/** @param {unknown} seconds */
const oldestWords = (seconds) =>
  typeof seconds === 'number' && seconds < 1 ? 'under 1 s' : formatDuration(seconds);

/** What only passes through is no backlog to wait for. @param {any} totals @param {string} state of judgeBacklog */
function drainWords(totals, state) {
  if (state === 'empty' || state === 'flowing' || totals.lag_events === 0) return 'none';
  if (typeof totals.drain_eta_seconds === 'number') return formatDuration(totals.drain_eta_seconds);
  const { accept_rate: acceptRate, drain_rate: drainRate } = totals;
  const shrinks =
    typeof acceptRate === 'number' && typeof drainRate === 'number' ? drainRate > acceptRate : null;
  return shrinks === false ? 'none yet' : null;
}

/** @param {string} name @param {string} title @param {string[]} factNames */
function createStage(name, title, factNames) {
  const number = element('span', { class: 'count' });
  /** @type {Record<string, HTMLElement>} */
  const facts = Object.fromEntries(factNames.map((fact) => [fact, element('dd')]));
  const curve = svgElement('svg', {
    class: 'curve',
    viewBox: `0 -2 ${WIDTH} ${HEIGHT + 4}`,
    preserveAspectRatio: 'none',
    'aria-hidden': 'true',
  });
  const scale = element('span', { class: 'scale', 'aria-hidden': 'true' });
  const item = element(
    'li',
    { class: `stage stage-${name}` },
    element('h3', {}, title),
    element('p', { class: 'figure' }, number, element('span', { class: 'unit' }, ' events')),
    element(
      'dl',
      {},
      ...factNames.map((fact) => element('div', {}, element('dt', {}, fact), facts[fact] ?? '')),
    ),
    element('div', { class: 'curve-box' }, curve, scale),
  );
  return {
    item,
    number,
    facts: /** @type {any} */ (facts),
    /** @param {{ at: number, value: number | null }[]} points @param {number} highest */
    draw(points, highest) {
      const pieces = curvePieces(points, { width: WIDTH, height: HEIGHT, highest });
      setChildren(
        curve,
        pieces.map((piece) => svgElement('polyline', { points: piece })),
      );
      setText(scale, `last minute, up to ${formatCount(highest)}${name === 'backlog' ? '' : ' /s'}`);
    },
  };
}

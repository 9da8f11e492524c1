import { element, setChildren } from './element.mjs';
import { formatAgo, formatDuration, parseTime } from './format.mjs';
import { statusMark } from './status-mark.mjs';

/** Ingest processes beat every second. */
const SILENT_AFTER_SECONDS = 3;

/** A short name for each writer, in the order of their names: A, B, … Z, then 27, 28, … @param {string[]} writers */
export function writerLetters(writers) {
  return new Map(
    [...writers]
      .sort()
      .map((writer, index) => [writer, index < 26 ? String.fromCharCode(65 + index) : String(index + 1)]),
  );
}

/**
 * @param {HTMLElement} list
 * @returns {(writers: any[] | null, letters: Map<string, string>, nowMs: number) => void}
 */
export function createWriterList(list) {
  return createProcessList(list, 'No writer is running.', (writer, letters, nowMs) => [
    `${letters.get(writer.member) ?? '?'} `,
    writer.member,
    [lanesOf(writer.lanes), startedWords(writer.started_at, nowMs), writer.version && `v${writer.version}`],
    null,
  ]);
}

/** @param {HTMLElement} list @returns {(ingests: any[] | null, nowMs: number) => void} */
export function createIngestList(list) {
  const show = createProcessList(list, 'No process takes events in.', (ingest, _letters, nowMs) => [
    '',
    ingest.process,
    [ingest.paths.join(', ')],
    intakeMark(ingest, nowMs),
  ]);
  return (ingests, nowMs) => show(ingests === null ? null : groupIngests(ingests), new Map(), nowMs);
}

/** What a process last said holds only while it goes on saying it. @param {any} ingest @param {number} nowMs */
function intakeMark({ accepting, beat_at: beatAt }, nowMs) {
  const at = parseTime(beatAt);
  const silentSeconds = at === null ? 0 : (nowMs - at) / 1_000;
  if (silentSeconds > SILENT_AFTER_SECONDS)
    return statusMark('unknown', `no sign for ${formatDuration(silentSeconds)}`);
  return accepting ? statusMark('online', 'accepting') : statusMark('offline', 'not accepting');
}

/**
 * Ways in that nobody serves: the reason why their devices are unknown.
 * @param {HTMLElement} list
 * @returns {(paths: any[], nowMs: number) => void}
 */
export function createPathsDownList(list) {
  const show = createProcessList(list, '', ({ path, accepted_at: acceptedAt }, _letters, nowMs) => [
    '',
    path,
    [],
    statusMark('offline', `nobody accepts${sinceWords(acceptedAt, nowMs)}`),
  ]);
  return (paths, nowMs) => {
    list.hidden = paths.length === 0;
    show(paths, new Map(), nowMs);
  };
}

/** The ways in that nobody serves, of an answer of GET /v1/fleet. @param {any} fleet @returns {any[]} */
export const pathsDownOf = (fleet) =>
  (fleet?.intake ?? []).filter((/** @type {any} */ path) => path.accepting === false);

/** @param {unknown} time @param {number} nowMs */
function sinceWords(time, nowMs) {
  const at = parseTime(time);
  return at === null ? '' : ` for ${formatDuration((nowMs - at) / 1_000)}`;
}

/** One entry a process that is accepting on all its paths or on none; two when some of them are closed. @param {any[]} ingests one entry a process and path */
export function groupIngests(ingests) {
  /** @type {Map<string, { process: string, accepting: boolean, paths: string[], beat_at: unknown }>} */
  const groups = new Map();
  for (const { process, path, accepting, beat_at } of ingests) {
    const key = `${process} ${accepting}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { process, accepting, paths: [path], beat_at });
    else group.paths.push(path);
  }
  return [...groups.values()];
}

/**
 * @param {HTMLElement} list
 * @param {string} emptyWords
 * @param {(process: any, letters: Map<string, string>, nowMs: number) => [string, string, unknown[], HTMLElement | null]} describe letter, name, facts, mark
 * @returns {(processes: any[] | null, letters: Map<string, string>, nowMs: number) => void}
 */
function createProcessList(list, emptyWords, describe) {
  const empty = element('li', { class: 'none' }, emptyWords);
  const unknown = element('li', { class: 'none' }, 'The API does not say.');
  /** @type {{ text: string, item: HTMLElement }[]} */
  let rows = [];
  return (processes, letters, nowMs) => {
    rows = (processes ?? []).map((process, index) => {
      const [letter, name, facts, mark] = describe(process, letters, nowMs);
      const words = facts.filter((fact) => typeof fact === 'string' && fact !== '').join(' · ');
      const text = [letter, name, words, mark?.textContent ?? ''].join('\n');
      const row = rows[index];
      if (row?.text === text) return row;
      return {
        text,
        item: element(
          'li',
          {},
          element('span', { class: 'process-name' }, ...(letter ? [element('b', {}, letter)] : []), name),
          element('span', { class: 'process-facts' }, ...(mark ? [mark, ' '] : []), words),
        ),
      };
    });
    const shown = rows.map(({ item }) => item);
    setChildren(list, shown.length > 0 ? shown : [processes === null ? unknown : empty]);
  };
}

/** @param {unknown} lanes */
const lanesOf = (lanes) => (typeof lanes === 'number' ? `${lanes} ${lanes === 1 ? 'lane' : 'lanes'}` : null);

/** @param {unknown} startedAt @param {number} nowMs */
function startedWords(startedAt, nowMs) {
  const at = parseTime(startedAt);
  return at === null ? null : `started ${formatAgo((nowMs - at) / 1_000)}`;
}

import type { JsonSchema } from './json-schema.js';

/** A change by which an event that one release writes is not what another reads. */
export interface BreakingChange {
  /** Where in the event: "data.metrics". '' is the event itself. */
  at: string;
  what: string;
}

const OLD_EVENTS = 'events that lie in the log no longer fit';
const OLD_READERS = 'readers of before do not expect it';
/** Says something to people and nothing to a reader. */
const ANNOTATIONS: ReadonlySet<string> = new Set(['$schema', '$id', 'title', 'description']);
/** Compared part by part. */
const STRUCTURE: ReadonlySet<string> = new Set(['properties', 'required', 'items', 'additionalProperties']);

/**
 * What between two states of one type breaks a reader. Events lie in the log for a day and writers overlap in a rollout, so
 * a new reader must take what an old sender wrote, and an old reader what a new sender writes. All that may change
 * within a version is that a property is added which may be absent; readers pass over those they do not know.
 */
export function breakingChanges(before: JsonSchema, after: JsonSchema, at = ''): BreakingChange[] {
  const found: BreakingChange[] = [];
  const say = (what: string, where = at): void => void found.push({ at: where, what });
  for (const keyword of keywordsOf(before, after)) {
    if (ANNOTATIONS.has(keyword) || STRUCTURE.has(keyword)) continue;
    const [was, is] = [before[keyword], after[keyword]];
    if (JSON.stringify(was) !== JSON.stringify(is)) say(describe(keyword, was, is));
  }
  const [needed, needs] = [before.required ?? [], after.required ?? []];
  for (const name of needs.filter((each) => !needed.includes(each))) {
    say(`is required now: ${OLD_EVENTS}`, within(at, name));
  }
  for (const name of needed.filter((each) => !needs.includes(each))) {
    say(`may be absent now: ${OLD_READERS}`, within(at, name));
  }
  const [had, has] = [before.properties ?? {}, after.properties ?? {}];
  for (const name of Object.keys(had)) {
    const [was, is] = [had[name]!, has[name]];
    if (is === undefined) say('was removed: readers of before look for it', within(at, name));
    else found.push(...breakingChanges(was, is, within(at, name)));
  }
  if (before.additionalProperties === false) {
    for (const name of Object.keys(has).filter((each) => !(each in had))) {
      say(`was added to a closed object: ${OLD_READERS}`, within(at, name));
    }
  }
  found.push(...changesOfPart(before.items, after.items, `${at}[]`));
  found.push(...changesOfPart(before.additionalProperties, after.additionalProperties, within(at, '*')));
  return found;
}

function changesOfPart(
  before: JsonSchema | false | undefined,
  after: JsonSchema | false | undefined,
  at: string,
): BreakingChange[] {
  if (typeof before === 'object' && typeof after === 'object') return breakingChanges(before, after, at);
  if (before === after) return [];
  const isNarrower = before === undefined || after === false;
  return [{ at, what: isNarrower ? `is bounded now: ${OLD_EVENTS}` : `is free now: ${OLD_READERS}` }];
}

type Keyword = keyof JsonSchema;

const keywordsOf = (...schemas: JsonSchema[]): Keyword[] => [
  ...new Set(schemas.flatMap((schema) => Object.keys(schema) as Keyword[])),
];

const within = (at: string, name: string): string => (at === '' ? name : `${at}.${name}`);

/** Of a list of what may be (type, enum) by what it lost and gained; of a bound by its direction. */
function describe(keyword: Keyword, was: unknown, is: unknown): string {
  const change = `${keyword} was ${JSON.stringify(was) ?? 'absent'} and is ${JSON.stringify(is) ?? 'absent'}`;
  const because = [
    isNarrower(keyword, was, is) ? OLD_EVENTS : '',
    isNarrower(keyword, is, was) ? OLD_READERS : '',
  ];
  return `${change}: ${because.filter((each) => each !== '').join(', and ') || OLD_EVENTS}`;
}

/** Whether something that the one allows is not allowed by the other. */
function isNarrower(keyword: Keyword, one: unknown, other: unknown): boolean {
  if (other === undefined) return false;
  if (one === undefined) return true;
  if (keyword === 'type' || keyword === 'enum') {
    const left: unknown[] = Array.isArray(other) ? other : [other];
    const isLeft = (each: unknown): boolean =>
      left.includes(each) || (keyword === 'type' && each === 'integer' && left.includes('number'));
    return !(Array.isArray(one) ? (one as unknown[]) : [one]).every(isLeft);
  }
  if (keyword === 'minimum' || keyword === 'minLength') return (other as number) > (one as number);
  if (keyword === 'maximum' || keyword === 'maxLength' || keyword === 'maxItems') {
    return (other as number) < (one as number);
  }
  return true;
}

import { hash } from 'node:crypto';
import type { CwmpSession, Inform } from '@cpemon/cwmp';
import { healthParametersOf, type DataModelRoot } from '@cpemon/device-models';

/** What to ask CPEs for, and what became of it. */
export interface HealthAsks {
  /** The step of a session after its Inform; undefined: nothing will be asked. */
  afterInform(inform: Inform): string | undefined;
  /** What to ask now; undefined when it was asked already, or this model answers nothing. */
  next(session: CwmpSession): { names: readonly string[]; step: string } | undefined;
  /** The CPE of a session in which something was asked has sent the values. */
  answered(session: CwmpSession): void;
  /** … or a fault: none of them. */
  faulted(session: CwmpSession): void;
}

/** What a model is known to answer. */
interface ModelMemory {
  /** Parameters that were in a list that was answered. */
  good: readonly string[];
  /** Lists of parameters of which nobody knows yet; the first is asked for along with the good ones. */
  untried: readonly (readonly string[])[];
  learnedAtMs: number;
}

/** Models remembered at once; beyond, the one that was met first is forgotten and learned anew. */
const MOST_MODELS = 2000;
/** A new firmware may answer what the old one did not. */
const REMEMBERED_MS = 24 * 3600_000;
const ROOTS: Record<string, DataModelRoot> = { d: 'Device.', i: 'InternetGatewayDevice.' };

/**
 * A fault (9005 and the rest) does not say which name it is about, and takes the values of all. So the list that is not
 * known to be good is halved after each, until the names that a model does not have are alone and left out: a model
 * without one of 16 has taught that after five sessions. The step names the list that was asked, so that the faults of
 * 1,000 devices of a model halve it once, and each replica learns only from what it asked for itself.
 * @param nowMs epoch
 */
export function createHealthAsks(nowMs: () => number): HealthAsks {
  const models = new Map<string, ModelMemory>();

  const memoryOf = (root: DataModelRoot, session: CwmpSession): ModelMemory => {
    const key = keyOf(root, session);
    const known = models.get(key);
    if (known !== undefined && nowMs() - known.learnedAtMs < REMEMBERED_MS) return known;
    models.delete(key);
    if (models.size >= MOST_MODELS) models.delete(models.keys().next().value!);
    const all = healthParametersOf(root, session.manufacturer);
    const memory = { good: [], untried: all.length === 0 ? [] : [all], learnedAtMs: nowMs() };
    models.set(key, memory);
    return memory;
  };

  /** The memory of a session's model and whether what it asked for is what is asked for now. */
  const asked = (session: CwmpSession): { memory: ModelMemory; key: string } | undefined => {
    const [root, list] = readStep(session.step);
    if (root === undefined || list === undefined) return undefined;
    const memory = models.get(keyOf(root, session));
    return memory !== undefined && listId(memory) === list
      ? { memory, key: keyOf(root, session) }
      : undefined;
  };

  return {
    afterInform({ parameters }) {
      for (const name in parameters) {
        const letter = Object.keys(ROOTS).find((each) => name.startsWith(ROOTS[each]!));
        if (letter !== undefined) return letter;
      }
      return undefined;
    },
    next(session) {
      const [root, list] = readStep(session.step);
      if (root === undefined || list !== undefined) return undefined;
      const memory = memoryOf(root, session);
      const names = [...memory.good, ...(memory.untried[0] ?? [])];
      if (names.length === 0) return undefined;
      return { names, step: `${session.step}:${listId(memory)}` };
    },
    answered(session) {
      const found = asked(session);
      if (found === undefined || found.memory.untried.length === 0) return;
      const { good, untried, learnedAtMs } = found.memory;
      const [list = [], ...rest] = untried;
      models.set(found.key, { good: [...good, ...list], untried: rest, learnedAtMs });
    },
    faulted(session) {
      const found = asked(session);
      if (found === undefined) return;
      const { good, untried, learnedAtMs } = found.memory;
      // Nothing was untried: what was good is not any more.
      const [list = good, ...rest] = untried;
      const middle = list.length >> 1;
      const halves = list.length < 2 ? [] : [list.slice(0, middle), list.slice(middle)];
      models.set(found.key, {
        good: untried.length === 0 ? [] : good,
        untried: [...halves, ...rest],
        learnedAtMs,
      });
    },
  };
}

function readStep(step = ''): [root: DataModelRoot | undefined, list: string | undefined] {
  const [letter = '', list] = step.split(':');
  return [ROOTS[letter], list];
}

const keyOf = (root: DataModelRoot, { oui, productClass }: CwmpSession): string =>
  `${root}|${oui}|${productClass}`;

const listId = ({ good, untried }: ModelMemory): string =>
  hash('sha256', `${good.join()}|${(untried[0] ?? []).join()}`, 'base64url').slice(0, 10);

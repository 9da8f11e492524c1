import { readFile, stat } from 'node:fs/promises';
import { HealthRulesError, readHealthRulesText, type HealthRulesText } from '@cpemon/contracts';
import type { Connection } from '@cpemon/database';
import { compileHealthRules, type HealthRules } from '@cpemon/domain';
import type { Logger } from '@cpemon/service-kit';
import { recordRuleSet } from '@cpemon/store';
import { createHealthSurroundings } from './health-surroundings.js';

export const RULES_OUTCOMES = ['loaded', 'refused', 'unreadable'] as const;
export type RulesOutcome = (typeof RULES_OUTCOMES)[number];

export interface HealthRulesWatchOptions {
  /** YAML or JSON. */
  file: string;
  run: <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;
  /** Called after each look at a file that had changed. @param rules how many are in force now */
  onLook?: (outcome: RulesOutcome, rules: number) => void;
  logger: Logger;
  /** How often the file is looked at; 3 s. */
  everyMs?: number;
  /** Epoch ms. */
  now?: () => number;
}

export interface HealthRulesWatch {
  /** Those in force; undefined until a file could be read: nothing is judged then, and nothing forgotten. */
  rules(): HealthRules | undefined;
  version(): string | undefined;
  /** Looks at the file now. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 3000;
const PROBLEMS_LOGGED = 20;

/** Keeps the rules of a file in force: read again when it changes, and the old ones stay when it has a mistake. */
export async function watchHealthRules(options: HealthRulesWatchOptions): Promise<HealthRulesWatch> {
  const { file, run, onLook, logger, everyMs = LOOK_EVERY_MS, now = Date.now } = options;
  let inForce: { rules: HealthRules; text: HealthRulesText } | undefined;
  let seen = '';
  let written = true;
  const surroundings = createHealthSurroundings({ run, logger, now });

  const lookAtFile = async (): Promise<void> => {
    let mark = 'unreadable';
    try {
      const { mtimeMs, ctimeMs, size, ino } = await stat(file);
      mark = [mtimeMs, ctimeMs, size, ino].join('/');
      if (mark === seen) return;
      const text = readHealthRulesText(await readFile(file, 'utf8'));
      inForce = { rules: compileHealthRules(text, surroundings.ofRules(text.rules)), text };
      written = false;
      onLook?.('loaded', text.rules.length);
      logger.info({ file, version: text.version, rules: text.rules.length }, 'Judging health by these rules');
    } catch (error) {
      if (mark === seen) return;
      const refused = error instanceof HealthRulesError;
      onLook?.(refused ? 'refused' : 'unreadable', inForce?.rules.byName.size ?? 0);
      const kept = inForce === undefined ? 'health is not judged' : 'the rules of before stay in force';
      const problems = refused ? error.problems.slice(0, PROBLEMS_LOGGED) : [String(error)];
      logger.error(
        { file, problems, version: inForce?.text.version },
        `The health rules cannot be used: ${kept}`,
      );
    }
    seen = mark;
  };
  const writeDown = async (): Promise<void> => {
    if (inForce === undefined || written) return;
    const { text } = inForce;
    try {
      await run((connection) => recordRuleSet(connection, { ...text, rules: text.rules.length }));
      written = true;
    } catch (error) {
      logger.warn({ err: error }, 'Which health rules are in force is not written down yet');
    }
  };
  const look = async (): Promise<void> => {
    await lookAtFile();
    await writeDown();
    await surroundings.refresh();
  };

  await lookAtFile();
  // The database may not be there yet: a writer starts without it.
  let looking = look();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, everyMs);
  timer.unref();
  return {
    rules: () => inForce?.rules,
    version: () => inForce?.text.version,
    look: () => (looking = looking.then(look)),
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}

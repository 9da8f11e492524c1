import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConfigReader, readLogSettings } from '@cpemon/service-kit';
import { readConfig as readIngestConfig } from '../../services/acs-ingest/src/config.js';
import { readConfig as readSimulatorConfig } from '../../services/cpe-simulator/src/config.js';
import { readConfig as readApiConfig } from '../../services/cpemon-api/src/config.js';
import { readConfig as readWriterConfig } from '../../services/cpemon-writer/src/config.js';

const COMMON = 'all services';

const services: [string, (env: NodeJS.ProcessEnv) => unknown][] = [
  ['cpemon-api', readApiConfig],
  ['acs-ingest', readIngestConfig],
  ['cpemon-writer', readWriterConfig],
  ['cpe-simulator', readSimulatorConfig],
];

interface Section {
  /** Variables that are set. */
  set: Record<string, string>;
  /** Optional ones, commented out. */
  optional: Record<string, string>;
}

const sections = readSections(readFileSync(join(__dirname, '../../.env.example'), 'utf8'));

describe.each(services)('.env.example, section %s', (service, readConfig) => {
  const { set, optional } = sections.get(service)!;
  const common = sections.get(COMMON)!;

  it('starts the service as it stands', () => {
    expect(() => readConfig({ ...common.set, ...set })).not.toThrow();
  });

  it('starts it with every optional line in use', () => {
    expect(() => readConfig({ ...common.set, ...set, ...common.optional, ...optional })).not.toThrow();
  });

  it('names every variable that the service reads, and no other', () => {
    const env = recordReads({ ...set, ...optional });
    readConfig(env.recorded);
    const ofLogger = recordReads({});
    readLogSettings(createConfigReader(ofLogger.recorded));
    const read = [...env.names].filter((name) => !ofLogger.names.has(name));
    expect(Object.keys({ ...set, ...optional }).sort()).toEqual(read.sort());
  });
});

it('.env.example: the section of all services is what the logger reads', () => {
  const { set } = sections.get(COMMON)!;
  const env = recordReads(set);
  const reader = createConfigReader(env.recorded);
  readLogSettings(reader);
  reader.finish();
  expect(Object.keys(set).sort()).toEqual([...env.names].sort());
});

/** `# === name ===` begins a section, `NAME=value` sets a variable, `# NAME=value` shows an optional one. */
function readSections(text: string): Map<string, Section> {
  const found = new Map<string, Section>();
  let section: Section | undefined;
  for (const line of text.split('\n')) {
    const title = /^# === (.+) ===$/.exec(line)?.[1];
    if (title !== undefined) found.set(title, (section = { set: {}, optional: {} }));
    const [, comment, name, value] = /^(# )?([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (section === undefined || name === undefined || value === undefined) continue;
    (comment === undefined ? section.set : section.optional)[name] = value;
  }
  return found;
}

function recordReads(env: Record<string, string>): { recorded: NodeJS.ProcessEnv; names: Set<string> } {
  const names = new Set<string>();
  const recorded = new Proxy(env, {
    get(target, name) {
      if (typeof name === 'string') names.add(name);
      return Reflect.get(target, name) as unknown;
    },
  });
  return { recorded, names };
}

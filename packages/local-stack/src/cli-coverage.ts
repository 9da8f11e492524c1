import type { Command } from 'commander';
import type { OperatorTools } from './operator-verbs.js';
import { textTable, type Column } from './text-table.js';

interface FirmwareItem {
  model: string;
  firmware: string;
  manufacturer: string;
  reports: number;
  looked_at: number;
  surveyed: number;
  first_at: string;
  last_at: string;
  only_no_reading: string[];
}

interface FirmwareSummary extends FirmwareItem {
  metrics: number;
  stopped: string[];
  unmapped: number;
}

interface MetricItem {
  metric: string;
  seen: number;
  share: number | null;
  no_reading: number;
  no_reading_share: number | null;
  last_at: string;
}

interface UnmappedItem {
  path: string;
  type: string | null;
  form: string | null;
  seen: number;
  share: number | null;
  last_at: string;
}

interface ModelItem {
  model: string;
  firmwares: (FirmwareItem & {
    metrics: MetricItem[];
    stopped: { metric: string; before_firmware: string; share_before: number }[];
  })[];
  unmapped: UnmappedItem[];
}

const perCent = (share: number | null): string =>
  share === null ? '-' : `${Math.round(share * 1000) / 10} %`;
const listed = (names: readonly string[]): string => (names.length === 0 ? '-' : names.join(', '));
const orUnknown = (text: string): string => (text === '' ? '(not told)' : text);

const SUMMARY: readonly Column<FirmwareSummary>[] = [
  ['model', ({ model }) => orUnknown(model)],
  ['firmware', ({ firmware }) => orUnknown(firmware)],
  ['reports', ({ reports }) => reports],
  ['metrics', ({ metrics }) => metrics],
  ['no reading', ({ only_no_reading: names }) => listed(names)],
  ['stopped', ({ stopped }) => listed(stopped)],
  ['unmapped', ({ unmapped }) => unmapped],
  ['last', ({ last_at: at }) => at],
];

const METRICS: readonly Column<MetricItem>[] = [
  ['metric', ({ metric }) => metric],
  ['reports', ({ share }) => perCent(share)],
  ['no reading', ({ no_reading: count, no_reading_share: share }) => (count === 0 ? '-' : perCent(share))],
  ['last', ({ last_at: at }) => at],
];

const UNMAPPED: readonly Column<UnmappedItem>[] = [
  ['parameter that no mapping reads', ({ path }) => path],
  ['reports', ({ share }) => perCent(share)],
  ['type', ({ type }) => type],
  ['looks like', ({ form }) => form],
  ['last', ({ last_at: at }) => at],
];

/** `coverage`: what each model sends, and what of it no mapping reads. */
export function addCoverageVerb(
  program: Command,
  { api, answer }: Pick<OperatorTools, 'api' | 'answer'>,
): void {
  program
    .command('coverage')
    .description(
      'lists what each model and firmware sends, what comes only as "no reading", and what has stopped',
    )
    .option('--model <name>', 'one model in full, with what no mapping reads of it')
    .option('--paste', 'with --model: a file of mappings to go on with')
    .action(async ({ model, paste }: { model?: string; paste?: true }) => {
      if (model === undefined) {
        if (paste === true) throw new Error('--paste is of one model: name it with --model.');
        const summary = await api().get<{ items: FirmwareSummary[] }>('/v1/coverage');
        return answer(summary, ({ items }) =>
          textTable(items, SUMMARY, 'Nothing was counted yet: it takes a minute.'),
        );
      }
      const item = await api().get<ModelItem>('/v1/coverage', { model });
      answer(item, paste === true ? mappingsText : modelText);
    });
}

function modelText({ firmwares, unmapped }: ModelItem): string {
  const parts = firmwares.map((firmware) =>
    [
      `${orUnknown(firmware.model)}, firmware ${orUnknown(firmware.firmware)}: ${firmware.reports} reports since ${firmware.first_at}, ` +
        `${firmware.looked_at} looked at, parameters of ${firmware.surveyed}`,
      textTable(firmware.metrics, METRICS, 'no metric'),
      ...firmware.stopped.map(
        ({ metric, before_firmware: before, share_before: share }) =>
          `stopped: ${metric}, which was in ${perCent(share)} of the reports of ${orUnknown(before)}`,
      ),
    ].join('\n'),
  );
  return [...parts, textTable(unmapped, UNMAPPED, 'Mappings read every parameter.')].join('\n\n');
}

/** A file that is right as it stands and changes nothing; a person makes rules of its comments. */
export function mappingsText({ model, firmwares, unmapped }: ModelItem): string {
  const manufacturer = firmwares.find((firmware) => firmware.manufacturer !== '')?.manufacturer ?? '';
  return [
    `name: ${JSON.stringify(`${orUnknown(model)}`)}`,
    ...(manufacturer === '' ? [] : ['match:', `  manufacturers: [${JSON.stringify(manufacturer)}]`]),
    'rules: []',
    '# One for each parameter that is a reading, in place of []:',
    ...unmapped.flatMap(({ path, type, form, share }) => [
      `  # in ${perCent(share)} of the reports${type === null ? '' : `, ${type}`}${form === null ? '' : `, looks like ${form}`}`,
      `  # - { path: ${JSON.stringify(path)}, metric: NAME_THAT_ENDS_IN_ITS_UNIT, unit: WHAT_IS_SENT }`,
    ]),
    '# Those whose values say nothing private and are worth keeping:',
    '# known:',
    ...unmapped.map(({ path }) => `#   - ${path}`),
  ].join('\n');
}

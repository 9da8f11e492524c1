import { InvalidArgumentError, type Command } from 'commander';
import { withLimit, withReason, type OperatorTools } from './operator-verbs.js';
import { shortened, textFacts, textTable, type Column } from './text-table.js';

interface AlertItem {
  id: string;
  severity: string;
  state: string;
  summary: string;
  started_at: string;
  ended_at: string | null;
  cause: string;
  quiet: string | null;
  notification: string;
  acknowledged: { by: string } | null;
}

interface ReceiverItem {
  name: string;
  state: string;
  waiting: number;
  given_up: number;
  last_ok_at: string | null;
  last_error: string | null;
}

interface SilenceItem {
  id: string;
  match: Record<string, string[]>;
  ends_at: string | null;
  made_by: string;
  reason: string;
}

const ALERT_COLUMNS: readonly Column<AlertItem>[] = [
  ['alert', ({ id }) => id],
  ['severity', ({ severity }) => severity],
  ['state', ({ state }) => state],
  ['since', ({ started_at: at }) => at],
  ['until', ({ ended_at: at }) => at],
  ['cause', ({ cause }) => cause],
  ['told', ({ notification, quiet }) => (notification === 'none' ? (quiet ?? 'not yet') : notification)],
  ['looked after by', ({ acknowledged }) => acknowledged?.by ?? null],
  ['summary', ({ summary }) => shortened(summary, 80)],
];

const RECEIVER_COLUMNS: readonly Column<ReceiverItem>[] = [
  ['receiver', ({ name }) => name],
  ['state', ({ state }) => state],
  ['waiting', ({ waiting }) => waiting],
  ['given up', ({ given_up: dead }) => dead],
  ['last took one', ({ last_ok_at: at }) => at],
  ['error', ({ last_error: error }) => error],
];

const SILENCE_COLUMNS: readonly Column<SilenceItem>[] = [
  ['silence', ({ id }) => id],
  ['of', ({ match }) => matchText(match)],
  ['until', ({ ends_at: at }) => at],
  ['by', ({ made_by: by }) => by],
  ['reason', ({ reason }) => shortened(reason, 60)],
];

const MOST_MINUTES = 44_640;

/** For commander: `olt=olt-3`, several times; the same label again adds a value. */
export function collectMatch(text: string, before: Record<string, string[]> = {}): Record<string, string[]> {
  const cut = text.indexOf('=');
  const [name, value] = [text.slice(0, cut), text.slice(cut + 1)];
  if (cut < 1 || value === '') throw new InvalidArgumentError('It must be a label with a value: olt=olt-3.');
  return { ...before, [name]: [...(before[name] ?? []), value] };
}

export const matchText = (match: Record<string, string[]>): string =>
  Object.entries(match)
    .map(([name, values]) => `${name}=${values.join('|')}`)
    .join(' ');

function minutesOption(text: string): number {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const minutes = Number(count ?? 0) * (unit === 'd' ? 1440 : unit === 'h' ? 60 : 1);
  if (minutes < 1 || minutes > MOST_MINUTES)
    throw new InvalidArgumentError('It must be as 30m, 4h or 2d, up to 31d.');
  return minutes;
}

/** `alerts list | show | ack | silence | silences | unsilence | receivers`. */
export function addAlertVerbs(program: Command, { api, answer }: OperatorTools): void {
  const verbs = program.command('alerts').description('alerts, silences, and how those fare who are told');
  const pathOf = (id: string): string => `/v1/alerts/${encodeURIComponent(id)}`;

  withLimit(verbs.command('list'))
    .description('lists alerts, the newest first')
    .option('--state <state>', 'open, pending, firing or resolved; open when left out, all for all', 'open')
    .option('--severity <severity>', 'warning or critical')
    .option('--kind <kind>', 'device or group')
    .option('--device <sn>', 'serial number')
    .action(async ({ limit, state, ...query }: { limit: number; state: string }) => {
      const asked = { ...query, ...(state === 'all' ? {} : { state }) };
      const page = await api().list<AlertItem>('/v1/alerts', asked, limit);
      answer(page, ({ items }) => textTable(items, ALERT_COLUMNS, 'There is no such alert.'));
    });

  verbs
    .command('show')
    .description('shows one alert with its evidence')
    .argument('<alert>')
    .action(async (id: string) => answer(await api().get<Record<string, unknown>>(pathOf(id)), textFacts));

  verbs
    .command('ack')
    .description('says that somebody looks after an alert')
    .argument('<alert>')
    .option('--note <text>', 'for whoever reads it')
    .action(async (id: string, { note }: { note?: string }) => {
      const body = note === undefined ? {} : { note };
      answer(await api().post<AlertItem>(`${pathOf(id)}/acknowledge`, body), () => `Acknowledged: ${id}`);
    });

  withReason(verbs.command('silence'))
    .description('tells nobody of an alert, or of what matches, for some time')
    .argument('[alert]', 'or --match')
    .option('--match <label=value>', 'several times', collectMatch)
    .requiredOption('--for <time>', 'as 30m, 4h or 2d', minutesOption)
    .action(
      async (
        id: string | undefined,
        given: { match?: Record<string, string[]>; for: number; reason: string },
      ) => {
        const { match, for: minutes, reason } = given;
        if ((id === undefined) === (match === undefined)) throw new Error('Give an alert, or --match.');
        const path = id === undefined ? '/v1/silences' : `${pathOf(id)}/silence`;
        const body = match === undefined ? { minutes, reason } : { match, minutes, reason };
        const made = await api().post<SilenceItem>(path, body);
        answer(
          made,
          (silence) => `Silence ${silence.id} of ${matchText(silence.match)} until ${silence.ends_at}`,
        );
      },
    );

  verbs
    .command('silences')
    .description('lists silences that are not over')
    .action(async () => {
      const list = await api().get<{ items: SilenceItem[] }>('/v1/silences');
      answer(list, ({ items }) => textTable(items, SILENCE_COLUMNS, 'There is no silence.'));
    });

  withReason(verbs.command('unsilence'))
    .description('ends a silence now')
    .argument('<silence>')
    .action(async (id: string, { reason }: { reason: string }) => {
      const path = `/v1/silences/${encodeURIComponent(id)}/end`;
      answer(await api().post<object>(path, { reason }), () => `Ended: silence ${id}`);
    });

  verbs
    .command('receivers')
    .description('shows how those fare who are told')
    .action(async () => {
      const list = await api().get<{ items: ReceiverItem[] }>('/v1/alert-receivers');
      answer(list, ({ items }) => textTable(items, RECEIVER_COLUMNS, 'Nobody was told anything yet.'));
    });
}

import { InvalidArgumentError, type Command } from 'commander';
import { collectMatch, matchText } from './cli-alerts.js';
import { withReason, type OperatorTools } from './operator-verbs.js';
import { shortened, textTable, type Column } from './text-table.js';

interface WindowItem {
  id: string;
  match: Record<string, string[]>;
  is_on: boolean;
  starts_at: string | null;
  ends_at: string | null;
  weekly: { days: string[]; from: string; minutes: number; time_zone: string } | null;
  made_by: string;
  reason: string;
}

const COLUMNS: readonly Column<WindowItem>[] = [
  ['window', ({ id }) => id],
  ['now', ({ is_on: on }) => (on ? 'on' : 'off')],
  ['of', ({ match }) => matchText(match)],
  ['when', (window) => timesText(window)],
  ['by', ({ made_by: by }) => by],
  ['reason', ({ reason }) => shortened(reason, 60)],
];

function timesText({ weekly, starts_at: start, ends_at: end }: WindowItem): string {
  if (weekly === null) return `${start} to ${end}`;
  const { days, from, minutes, time_zone: zone } = weekly;
  return `${days.join(', ')} ${from} for ${minutes} min (${zone})${end === null ? '' : `, until ${end}`}`;
}

interface AddOptions {
  match: Record<string, string[]>;
  from?: string;
  until?: string;
  weekly?: WindowItem['weekly'];
  timeZone: string;
  reason: string;
}

/** For commander: `sun,wed 02:00 240`. */
function weeklyOption(text: string): Omit<NonNullable<WindowItem['weekly']>, 'time_zone'> {
  const [, days, from, minutes] = /^([a-z,]+) (\d\d:\d\d) (\d{1,4})$/.exec(text) ?? [];
  if (days === undefined || from === undefined)
    throw new InvalidArgumentError('It must be days, a time and minutes: "sun,wed 02:00 240".');
  return { days: days.split(','), from, minutes: Number(minutes) };
}

/** `windows list | add | end`: maintenance windows. */
export function addWindowVerbs(program: Command, { api, answer }: OperatorTools): void {
  const verbs = program
    .command('windows')
    .description('maintenance windows: when nobody is told of what matches');

  verbs
    .command('list')
    .description('lists windows that are not over')
    .action(async () => {
      const list = await api().get<{ items: WindowItem[] }>('/v1/maintenance-windows');
      answer(list, ({ items }) => textTable(items, COLUMNS, 'No window is planned.'));
    });

  withReason(verbs.command('add'))
    .description('plans a window, once (--from, --until) or each week (--weekly)')
    .requiredOption('--match <label=value>', 'several times', collectMatch)
    .option('--from <time>', 'RFC 3339; now when left out')
    .option('--until <time>', 'RFC 3339')
    .option('--weekly <times>', 'as "sun,wed 02:00 240": days, time of day, minutes', weeklyOption)
    .option('--time-zone <name>', 'of --weekly', 'UTC')
    .action(async ({ match, from, until, weekly, timeZone, reason }: AddOptions) => {
      const window = await api().post<WindowItem>('/v1/maintenance-windows', {
        ...{ match, reason },
        ...(from === undefined ? {} : { starts_at: from }),
        ...(until === undefined ? {} : { ends_at: until }),
        ...(weekly == null ? {} : { weekly: { ...weekly, time_zone: timeZone } }),
      });
      answer(window, (made) => `Window ${made.id} of ${matchText(made.match)}: ${timesText(made)}`);
    });

  withReason(verbs.command('end'))
    .description('ends a window now, the weekly ones that would follow as well')
    .argument('<window>')
    .action(async (id: string, { reason }: { reason: string }) => {
      const path = `/v1/maintenance-windows/${encodeURIComponent(id)}/end`;
      answer(await api().post<object>(path, { reason }), () => `Ended: window ${id}`);
    });
}

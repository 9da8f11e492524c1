import type { Command } from 'commander';
import { withGroup, withLimit, type OperatorTools } from './operator-verbs.js';
import { shortened, textFacts, textTable, type Column } from './text-table.js';

interface ParkedItem {
  device: string;
  position: string;
  reason: string;
  cause: string;
  attempts: number;
  first_failed_at: string;
  next_attempt_at: string | null;
  events_behind: number;
}

const COLUMNS: readonly Column<ParkedItem>[] = [
  ['device', ({ device }) => device],
  ['position', ({ position }) => position],
  ['behind', ({ events_behind: behind }) => behind],
  ['attempts', ({ attempts }) => attempts],
  ['failing since', ({ first_failed_at: since }) => since],
  ['next attempt', ({ next_attempt_at: next }) => next],
  ['reason', ({ reason }) => reason],
  ['cause', ({ cause }) => shortened(cause, 70)],
];

/** `parked list | show`. */
export function addParkedVerbs(program: Command, { api, answer }: OperatorTools): void {
  const verbs = program
    .command('parked')
    .description('devices whose events wait for one that cannot be applied');

  withLimit(withGroup(verbs.command('list')))
    .description('lists parked devices, those failing for the longest first')
    .option('--reason <reason>', 'refused, data_error or unknown_type')
    .action(async ({ limit, ...query }: { limit: number; group?: string; reason?: string }) => {
      const page = await api().list<ParkedItem>('/v1/parked', query, limit);
      answer(page, ({ items }) => textTable(items, COLUMNS, 'No device is parked.'));
    });

  withGroup(verbs.command('show'))
    .description('shows one device with the oldest of its events')
    .argument('<sn>', 'serial number')
    .action(async (device: string, { group }: { group?: string }) => {
      const path = `/v1/parked/${encodeURIComponent(device)}`;
      answer(await api().get<Record<string, unknown>>(path, { group }), textFacts);
    });
}

import type { DataLink } from './dashboard.js';

/** The dashboards' own ids: links and tests know them from here. */
export const UIDS = {
  fleet: 'cpemon-fleet',
  device: 'cpemon-device',
  optics: 'cpemon-optics',
  pipeline: 'cpemon-pipeline',
  ingest: 'cpemon-ingest',
  database: 'cpemon-database',
  objectives: 'cpemon-slo',
  simulator: 'cpemon-simulator',
} as const;

/** A link to another of our dashboards, with the time range kept. */
export const linkTo = (dashboard: keyof typeof UIDS, title: string, variables = ''): DataLink => ({
  title,
  url: `/d/${UIDS[dashboard]}?\${__url_time_range}${variables}`,
});

/** From a cell that holds a serial number. */
export const toDevice: DataLink = linkTo('device', 'This device', '&var-serial=${__value.raw}');

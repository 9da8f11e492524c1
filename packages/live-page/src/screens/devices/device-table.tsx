import type { Operations } from '@cpemon/api-client';
import type { ComponentChildren } from 'preact';
import { setQuery } from '../../frame/router.js';
import { devicePath } from '../../frame/url-state.js';
import { Age } from '../../parts/age.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { NOTHING } from '../../words/format.js';

export type DeviceItem = Operations['getDevices']['answer']['items'][number];

const COLUMNS: readonly Column<DeviceItem>[] = [
  {
    title: 'Serial number',
    sort: { ascending: 'serial_number', descending: '-serial_number' },
    cell: ({ id, serial_number: serialNumber }) => <a href={devicePath(id)}>{serialNumber}</a>,
  },
  { title: 'Status', cell: (row) => <DeviceStatus row={row} /> },
  { title: 'Why', isExtra: true, cell: (row) => <Why row={row} /> },
  {
    title: 'For',
    sort: { ascending: 'since', descending: '-since' },
    cell: ({ since, status, health_since: healthSince }) => (
      <Age at={status === 'degraded' ? healthSince : since} plain />
    ),
  },
  {
    title: 'Last seen',
    sort: { ascending: 'last_seen', descending: '-last_seen' },
    cell: ({ last_seen: at }) => <Age at={at} />,
  },
  { title: 'Model', isExtra: true, cell: ({ model }) => model ?? NOTHING },
  { title: 'Firmware', isExtra: true, cell: ({ sw_version: version }) => version ?? NOTHING },
  { title: 'WAN address', isExtra: true, cell: ({ wan_ip: address }) => address ?? NOTHING },
  { title: 'Place', isExtra: true, cell: ({ labels }) => placeOf(labels) },
];

/** Rows of devices, each leading to its device. */
export function DeviceTable(props: {
  rows: readonly DeviceItem[];
  sort: string | undefined;
  empty: ComponentChildren;
}) {
  return (
    <DataTable
      label="Devices"
      columns={COLUMNS}
      keyOf={({ id }) => id}
      onSort={(sort) => setQuery({ sort, cursor: '' }, { replace: false })}
      {...props}
    />
  );
}

function DeviceStatus({ row: { status, health, admin_state: adminState } }: { row: DeviceItem }) {
  return (
    <>
      <StatusBadge
        mark={status}
        text={status === 'degraded' && health === 'critical' ? 'critical' : status}
      />
      {adminState !== 'in_service' && <small> {adminState.replace('_', ' ')}</small>}
    </>
  );
}

/** What is worst of a device, in a sentence; what is well needs none. */
function Why({ row }: { row: DeviceItem }) {
  const { status, reason, health_reason: healthReason } = row;
  if (status === 'online') return null;
  return (
    <small>{status === 'degraded' ? healthReason : [reason, healthReason].filter(Boolean).join('; ')}</small>
  );
}

/** The narrowest names of where it is. */
const placeOf = (labels: Readonly<Record<string, string>>): string =>
  ['region', 'site', 'olt', 'pon']
    .flatMap((name) => labels[name] ?? [])
    .slice(-2)
    .join(' / ');

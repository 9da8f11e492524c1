import { devicePath } from '../../frame/url-state.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Panel } from '../../parts/panel.js';
import { formatDateTime, parseTime } from '../../words/format.js';
import type { DeviceAnswer } from './device-answer.js';

type Box = DeviceAnswer['line_history'][number];

/** The line that the box is at, and the boxes that were there before it. */
export function DeviceLine({ device }: { device: DeviceAnswer }) {
  const { lines, line_history: history, serial_number: here } = device;
  if (lines.length === 0 && history.length === 0)
    return (
      <Panel title="Line">
        <p class="empty">No inventory names a line for it.</p>
      </Panel>
    );
  return (
    <Panel title="Line">
      {lines.map(({ service_id: service, labels }) => (
        <p key={service}>
          <b>{service}</b>{' '}
          <small>
            {Object.entries(labels)
              .map(([name, value]) => `${name} ${value}`)
              .join(', ')}
          </small>
        </p>
      ))}
      <DataTable
        label="Boxes of the line"
        columns={columnsOf(here)}
        rows={[...history].sort((one, other) => Date.parse(other.from) - Date.parse(one.from))}
        keyOf={({ service_id: service, sn, from }) => `${service} ${sn} ${from}`}
        empty="No box was exchanged."
      />
    </Panel>
  );
}

const columnsOf = (here: string): readonly Column<Box>[] => [
  {
    title: 'Box',
    cell: ({ sn }) => (sn === here ? <b>{sn} (this one)</b> : <a href={devicePath(sn)}>{sn}</a>),
  },
  { title: 'From', cell: ({ from }) => formatDateTime(parseTime(from)) },
  { title: 'Until', cell: ({ until }) => formatDateTime(parseTime(until)) ?? 'now' },
];

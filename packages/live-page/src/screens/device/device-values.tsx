import { metricLabel, metricRank, readingText } from '../../charts/readings.js';
import { Age } from '../../parts/age.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Panel } from '../../parts/panel.js';
import { formatDateTime, parseTime } from '../../words/format.js';
import type { DeviceAnswer } from './device-answer.js';

type Row = DeviceAnswer['metrics'][string] & { metric: string; isOld: boolean };

/** A value is old when its device was heard so much later, and did not name it. */
const OLD_INTERVALS = 3;
const OLD_AT_LEAST_MS = 900_000;

/** The newest value of everything that the device tells, with unit, age and source. */
export function DeviceValues({ device }: { device: DeviceAnswer }) {
  const seenAt = parseTime(device.last_seen) ?? 0;
  const oldAfterMs = Math.max(OLD_AT_LEAST_MS, OLD_INTERVALS * 1000 * (device.interval_seconds ?? 0));
  const rows = Object.entries(device.metrics)
    .map(([metric, value]): Row => {
      const isOld = seenAt - (parseTime(value.received_at) ?? seenAt) > oldAfterMs;
      return { ...value, metric, isOld };
    })
    .sort((one, other) => metricRank(one.metric) - metricRank(other.metric));
  return (
    <Panel title="Latest values">
      <DataTable
        label="Latest values"
        columns={COLUMNS}
        rows={rows}
        keyOf={({ metric }) => metric}
        empty="No report has had a value."
        rowClass={({ isOld }) => (isOld ? 'old-value' : '')}
      />
    </Panel>
  );
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'Value of', cell: ({ metric }) => <span title={metric}>{metricLabel(metric)}</span> },
  {
    title: 'Value',
    isNumber: true,
    cell: ({ metric, value, unit, raw }) => (
      <b title={raw === null ? `${value ?? 'no reading'} ${unit}` : `sent as ${raw}`}>
        {readingText(metric, value, unit)}
      </b>
    ),
  },
  {
    title: 'Age',
    isNumber: true,
    cell: ({ received_at: receivedAt, device_time: deviceTime, isOld }) => (
      <span title={`device time ${formatDateTime(parseTime(deviceTime)) ?? 'not told'}`}>
        <Age at={receivedAt} />
        {isOld && <small class="old-mark"> old</small>}
      </span>
    ),
  },
  { title: 'Source', isExtra: true, cell: ({ source }) => source },
];

import { useEffect } from 'preact/hooks';
import { api, lookUpReason, problemCode } from '../../data/api.js';
import { observeClock } from '../../data/live.js';
import { isSupport } from '../../data/session.js';
import { useAnswer } from '../../data/use-answer.js';
import { showTitle } from '../../frame/title.js';
import { devicesPath } from '../../frame/url-state.js';
import { AnswerNote } from '../../parts/answer-note.js';
import type { DeviceAnswer } from './device-answer.js';
import { DeviceCharts } from './device-charts.js';
import { DeviceHead } from './device-head.js';
import { DeviceIdentity } from './device-identity.js';
import { DeviceLine } from './device-line.js';
import { DeviceNeighbours } from './device-neighbours.js';
import { DeviceRaw } from './device-raw.js';
import { DeviceTimeline } from './device-timeline.js';
import { DeviceTrouble } from './device-trouble.js';
import { DeviceValues } from './device-values.js';
import { DeviceWhy } from './device-why.js';
import { LookUpReason } from './look-up-reason.js';
import { useChangesOf } from './use-changes-of.js';
import { useJudgement } from './use-judgement.js';

/** Values change with a report; what the stream tells of the device is asked for at once. */
const REFRESH_MS = 10_000;

/** One device: what is wrong with it and since when, why, what changed before, and all that is known of it. */
export function DeviceScreen({ id }: { id: string }) {
  // What support looks at is written down each time: it is asked for once.
  const mayAsk = !isSupport.value || lookUpReason.value !== '';
  const everyMs = isSupport.value ? null : REFRESH_MS;
  const asked = useAnswer(
    mayAsk ? `device ${id}` : null,
    async () => {
      const answer = await api.call('getDevicesById', { path: { id } });
      observeClock(answer.as_of);
      return answer;
    },
    { everyMs },
  );
  const device = asked.answer;
  const version = useChangesOf(device?.id ?? null, asked.reload);
  useEffect(() => showTitle(device?.serial_number ?? `Device ${id}`), [device?.serial_number, id]);

  if (!mayAsk) return <LookUpReason />;
  if (device === null) return <NoDevice id={id} code={problemCode(asked.problem)} asked={asked} />;
  return (
    <div class="device">
      <AnswerNote of={asked} what="The device" />
      <DeviceHead device={device} />
      <Parts device={device} version={version} />
    </div>
  );
}

function Parts({ device, version }: { device: DeviceAnswer; version: number }) {
  const judged = useJudgement(device.id, version);
  return (
    <>
      <div class="device-top">
        <DeviceTrouble device={device} version={version} />
        <DeviceIdentity device={device} />
      </div>
      <DeviceCharts device={device} judged={judged.answer} />
      <div class="device-pair">
        <DeviceValues device={device} />
        <DeviceTimeline device={device} version={version} />
      </div>
      <div class="device-pair">
        <DeviceWhy device={device} judged={judged} />
        <div class="device-column">
          <DeviceNeighbours device={device} />
          <DeviceLine device={device} />
        </div>
      </div>
      <DeviceRaw device={device} />
    </>
  );
}

function NoDevice({
  id,
  code,
  asked,
}: {
  id: string;
  code: string | null;
  asked: Parameters<typeof AnswerNote>[0]['of'];
}) {
  if (code === 'unknown_device')
    return (
      <section class="panel narrow">
        <h1>No device {id}</h1>
        <p>No device with this key or serial number has reported, or none that you may see.</p>
        <p>
          <a href={devicesPath({ q: id })}>Look for devices like it</a>
        </p>
      </section>
    );
  if (code === 'ambiguous_serial_number')
    return (
      <section class="panel narrow">
        <h1>Several devices are called {id}</h1>
        <p>They differ in OUI or product class.</p>
        <p>
          <a href={devicesPath({ q: id })}>Choose one of them</a>
        </p>
      </section>
    );
  return <AnswerNote of={asked} what="The device" />;
}

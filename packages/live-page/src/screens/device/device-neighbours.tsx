import type { Operations } from '@cpemon/api-client';
import { api } from '../../data/api.js';
import { isSupport } from '../../data/session.js';
import { useAnswer } from '../../data/use-answer.js';
import { devicePath, devicesPath } from '../../frame/url-state.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { Panel } from '../../parts/panel.js';
import { StatusBadge, StatusShape } from '../../parts/status-badge.js';
import { formatCount } from '../../words/format.js';
import { STATUSES } from '../../words/statuses.js';
import type { DeviceAnswer } from './device-answer.js';
import { neighbourVerdict, neighbourWords } from './neighbour-words.js';

type Group = Operations['getDevicesByIdNeighbours']['answer']['items'][number];

const REFRESH_MS = 30_000;

/** How the devices are that share its PON, OLT or model: whether it is this one, or more. */
export function DeviceNeighbours({ device }: { device: DeviceAnswer }) {
  const asked = useAnswer(
    `neighbours ${device.id}`,
    () => api.call('getDevicesByIdNeighbours', { path: { id: String(device.id) } }),
    { everyMs: isSupport.value ? null : REFRESH_MS },
  );
  const groups = asked.answer?.items ?? [];
  const verdict = neighbourVerdict(groups, device.status);
  return (
    <Panel title="Neighbours">
      <AnswerNote of={asked} what="Neighbours" />
      {asked.answer !== null && groups.length === 0 && (
        <p class="empty">Neither a label nor a model says what it shares with others.</p>
      )}
      {verdict !== null && <p class="verdict">{verdict}</p>}
      {groups.map((group) => (
        <Neighbours key={`${group.by} ${group.value}`} group={group} status={device.status} />
      ))}
    </Panel>
  );
}

function Neighbours({ group, status }: { group: Group; status: string }) {
  const { by, value, total, by_status: counts, worst } = group;
  const name = by === 'model' ? 'model' : `label.${by}`;
  const parts = STATUSES.filter((each) => counts[each] > 0);
  return (
    <section class="neighbours">
      <h3>
        {by} <a href={devicesPath({ [name]: value })}>{value}</a>
      </h3>
      <p>{neighbourWords(group, status)}</p>
      <div class="shares" aria-hidden="true">
        {parts.map((each) => (
          <span key={each} class={`share share-${each}`} style={{ flexGrow: counts[each] }} />
        ))}
      </div>
      <ul class="share-words" aria-label={`${formatCount(total)} devices`}>
        {parts.map((each) => (
          <li key={each}>
            <a href={devicesPath({ [name]: value, status: each })}>
              <StatusShape mark={each} /> {formatCount(counts[each])} {each}
            </a>
          </li>
        ))}
      </ul>
      {worst.some((each) => each.status !== 'online') && (
        <ul class="worst" aria-label="The worst of them">
          {worst
            .filter((each) => each.status !== 'online')
            .map((each) => (
              <li key={each.id}>
                <StatusBadge mark={each.status} /> <a href={devicePath(each.id)}>{each.serial_number}</a>{' '}
                <small>{each.reachability === 'online' ? each.health_reason : each.reason}</small>
              </li>
            ))}
        </ul>
      )}
    </section>
  );
}

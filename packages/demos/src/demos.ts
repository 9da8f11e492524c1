import { devicesIn, last, most, type Demo, type Expectation } from './demo.js';
import type { Place } from './place.js';
import type { Reading } from './reading.js';

/** Caught up: what is left waits no longer than a batch takes. */
const isCaughtUp = ({ answered, oldestSeconds }: Reading): boolean => answered && oldestSeconds < 2;
const isHealthyAgain = (reading: Reading, before: Reading): boolean =>
  isCaughtUp(reading) && reading.offline <= before.offline && reading.stale <= before.stale;

const NO_DEVICE_LOST: Expectation = {
  says: 'no device turned offline',
  holds: ({ before, during, after }) =>
    most([...during, ...after], ({ offline }) => offline) <= most(before, ({ offline }) => offline),
};
const BACKLOG_WAS_SEEN: Expectation = {
  says: 'a backlog grew for as long as it lasted',
  holds: ({ before, during }) => {
    const rate = last(before).acceptRate ?? 0;
    const [first = last(during)] = during;
    const seconds = last(during).atSeconds - first.atSeconds;
    return rate > 0 && last(during).lagEvents - first.lagEvents >= 0.7 * rate * seconds;
  },
};
const ETA_WAS_TOLD: Expectation = {
  says: 'the product said how long catching up would take',
  holds: ({ after }) => after.length < 3 || after.some(({ etaSeconds }) => (etaSeconds ?? 0) > 0),
};
const GONE = (share: string, atLeast: number, atMost: number): Expectation => ({
  says: `${share} of the fleet was seen to be gone`,
  holds: ({ before, during, after }) => {
    const gone = most([...during, ...after], (reading) => reading.stale + reading.offline);
    const share_ = gone / devicesIn(last(before));
    return share_ >= atLeast && share_ <= atMost;
  },
});

function scenario(name: string, troubleSeconds: number, about: string, expectations: Expectation[]): Demo {
  return {
    ...{ name, about, troubleSeconds, expectations },
    begin: async (place) => {
      await place.startScenario(name);
      return `The simulator plays ${name}`;
    },
    end: async (place) => {
      await place.stopScenario(name).catch(() => undefined);
      return `${name} is over`;
    },
    isOver: isHealthyAgain,
  };
}

/** The device of `poison-device`: the simulator knows nothing of it. */
const POISONED = 'DEMO-POISONED-1';

export const DEMOS: readonly Demo[] = [
  {
    name: 'backlog',
    about: 'the writer is scaled to zero and back: a backlog grows, nothing is lost, and it drains',
    troubleSeconds: 60,
    async begin(place) {
      await place.scaleWriters(0);
      return 'cpemon-writer is scaled to 0';
    },
    async end(place) {
      await place.scaleWriters(place.writers);
      return `cpemon-writer is scaled back to ${place.writers}`;
    },
    isOver: isHealthyAgain,
    expectations: [BACKLOG_WAS_SEEN, NO_DEVICE_LOST, ETA_WAS_TOLD],
  },
  {
    name: 'database-restart',
    about: 'the database is killed and comes back: senders wait, nothing is lost',
    troubleSeconds: 15,
    begin: async (place: Place) => {
      if (place.killDatabase === undefined) throw new Error('Here the demo may not kill the database');
      await place.killDatabase();
      return 'The database server was killed';
    },
    isOver: isHealthyAgain,
    expectations: [NO_DEVICE_LOST],
  },
  {
    name: 'poison-device',
    about: 'an event fails when it is applied: its device waits, all others go on',
    troubleSeconds: 20,
    begin: async (place: Place) => {
      if (place.sendFailingEvent === undefined) throw new Error('Here no test events are taken');
      await place.sendFailingEvent(POISONED, new Date(Date.now() + 15_000));
      return `An event of ${POISONED} was sent that fails for 15 s`;
    },
    isOver: (reading, before) => isHealthyAgain(reading, before) && reading.parkedDevices === 0,
    expectations: [
      {
        says: 'its device was parked, and no other',
        holds: ({ during }) => most(during, ({ parkedDevices }) => parkedDevices) === 1,
      },
      {
        says: 'the others did not wait',
        holds: ({ during }) => most(during, ({ oldestSeconds }) => oldestSeconds) < 5,
      },
      NO_DEVICE_LOST,
    ],
  },
  scenario('spike', 40, 'ten times the traffic for a while: nothing is refused for good', [NO_DEVICE_LOST]),
  scenario('street-power-cut', 100, 'a site loses power: its devices are gone, and come back with a boot', [
    GONE('a site', 0.005, 0.5),
  ]),
  scenario('olt-outage', 100, 'an OLT dies: its devices are gone at once, and come back without a boot', [
    GONE('an OLT', 0.005, 0.7),
  ]),
  scenario('bad-firmware', 60, 'a model gets bad firmware', []),
];

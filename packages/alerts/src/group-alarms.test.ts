import {
  DEFAULT_GROUP_SETTINGS,
  FLEET_GROUP,
  explainFailure,
  firmwareGroup,
  groupText,
  isSuspect,
  shareOf,
  type GroupFigures,
  type GroupKey,
  type MissingDevices,
} from './group-alarms.js';

interface Device {
  groups: GroupKey[];
  missing: boolean;
  due: boolean;
}

/** 4 OLTs at 2 sites, 4 PONs of 25 devices each; 2 BNGs, the first of which serves the odd PONs. */
function fleet(isMissing: (at: { olt: number; pon: number; n: number }) => boolean): Device[] {
  const devices: Device[] = [];
  for (let olt = 0; olt < 4; olt += 1) {
    for (let pon = 0; pon < 4; pon += 1) {
      for (let n = 0; n < 25; n += 1) {
        const groups = [
          { label: 'pon', value: `${olt}/${pon}` },
          { label: 'olt', value: `olt-${olt}` },
          { label: 'site', value: `site-${olt >> 1}` },
          { label: 'bng', value: `bng-${pon % 2}` },
          firmwareGroup('EG8145', n === 0 ? 'V2' : 'V1'),
          FLEET_GROUP,
        ];
        devices.push({ groups, missing: isMissing({ olt, pon, n }), due: true });
      }
    }
  }
  return devices;
}

/** Of the last verdicts, by the group that explains. */
let relatedTo: ReadonlyMap<string, string[]>;

async function judge(devices: Device[]): Promise<string[]> {
  const figures = new Map<string, GroupFigures>();
  for (const { groups, missing, due } of devices) {
    for (const key of groups) {
      const text = groupText(key);
      const known = figures.get(text) ?? { key, members: 0, due: 0, missing: 0 };
      figures.set(text, {
        key,
        members: known.members + 1,
        due: known.due + Number(due),
        missing: known.missing + Number(missing),
      });
    }
  }
  for (const one of figures.values()) {
    if (one.key.label !== 'model_firmware') continue;
    const others = [...figures.values()].filter(
      (each) => each.key.label === 'model_firmware' && each !== one,
    );
    const sum = { missing: 0, due: 0 };
    for (const { missing, due } of others) {
      sum.missing += missing;
      sum.due += due;
    }
    one.othersShare = shareOf(sum);
  }
  const missing: MissingDevices[] = devices
    .filter((device) => device.missing)
    .map(({ groups }) => ({ groups: groups.map(groupText), devices: 1 }));
  const suspects = [...figures.values()].filter((one) => one.missing > 0);
  const verdicts = await explainFailure(suspects, missing, DEFAULT_GROUP_SETTINGS, (one) =>
    Promise.resolve(one),
  );
  relatedTo = new Map(
    verdicts.map(({ suspect, related }) => [
      groupText(suspect.key),
      related.map(({ key }) => groupText(key)),
    ]),
  );
  return verdicts.map(({ figures: { key, missing: gone, due } }) => `${groupText(key)} ${gone}/${due}`);
}

test('a dead PON is a PON alarm, and its OLT, a quarter of which is missing, is none', async () => {
  expect(await judge(fleet(({ olt, pon }) => olt === 1 && pon === 2))).toEqual(['pon=1/2 25/25']);
});

test('a dead OLT is one alarm of the OLT; its PONs and its site are linked', async () => {
  expect(await judge(fleet(({ olt }) => olt === 1))).toEqual(['olt=olt-1 100/100']);
  expect(relatedTo.get('olt=olt-1')).toEqual(
    expect.arrayContaining(['site=site-0', 'pon=1/0', 'pon=1/1', 'pon=1/2', 'pon=1/3']),
  );
});

test('a dead BNG is one alarm of the BNG, although each OLT has lost half its devices', async () => {
  expect(await judge(fleet(({ pon }) => pon % 2 === 0))).toEqual(['bng=bng-0 200/200']);
});

test('everything that dies at once is one alarm', async () => {
  expect(await judge(fleet(() => true))).toEqual(['fleet=all 400/400']);
});

test('two PONs of two sites are two alarms', async () => {
  const found = await judge(fleet(({ olt, pon }) => (olt === 0 && pon === 0) || (olt === 3 && pon === 3)));
  expect(found.sort()).toEqual(['pon=0/0 25/25', 'pon=3/3 25/25']);
});

test('a bad firmware on 4 % of a model is an alarm of that firmware, and of no place', async () => {
  expect(await judge(fleet(({ n }) => n === 0))).toEqual(['model_firmware=EG8145 / V2 16/16']);
});

test('a third of a PON is an alarm, 28 % of it is none', async () => {
  expect(await judge(fleet(({ olt, pon, n }) => olt === 0 && pon === 0 && n > 16))).toEqual([]);
  expect(await judge(fleet(({ olt, pon, n }) => olt === 0 && pon === 0 && n > 14))).toEqual([
    'pon=0/0 10/25',
  ]);
});

test('devices whose report did not fall due yet are in no share', async () => {
  const devices = fleet(({ olt, n }) => olt === 2 && n % 5 === 0);
  for (const device of devices) {
    if (device.groups[1]!.value === 'olt-2' && !device.missing) device.due = false;
  }
  expect(await judge(devices)).toEqual(['olt=olt-2 20/20']);
});

test('customers who switch off at night make no group suspect, a dying OLT is suspect within its first seconds', () => {
  expect(isSuspect(280, 100_000, DEFAULT_GROUP_SETTINGS)).toBe(false);
  expect(isSuspect(9, 64, DEFAULT_GROUP_SETTINGS)).toBe(false);
  expect(isSuspect(80, 4000, DEFAULT_GROUP_SETTINGS)).toBe(true);
});

test('100,000 missing devices in 20,000 combinations of 8,000 groups are explained within a second', async () => {
  const missing: MissingDevices[] = [];
  const counts = new Map<string, number>();
  for (let n = 0; n < 20_000; n += 1) {
    const groups = [`pon=${n % 7000}`, `olt=${n % 250}`, `region=${n % 10}`, groupText(FLEET_GROUP)];
    missing.push({ groups, devices: 5 });
    for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 5);
  }
  const failing = [...counts].map(([text, devices]): GroupFigures => {
    const [label = '', value = ''] = text.split('=');
    return { key: { label, value }, members: devices, due: devices, missing: devices };
  });
  const before = performance.now();
  let looks = 0;
  const verdicts = await explainFailure(failing, missing, DEFAULT_GROUP_SETTINGS, (one) => {
    looks += 1;
    return Promise.resolve(one);
  });
  expect(verdicts.map(({ figures }) => groupText(figures.key))).toEqual(['fleet=all']);
  expect(looks).toBe(1);
  expect(performance.now() - before).toBeLessThan(1000);
});

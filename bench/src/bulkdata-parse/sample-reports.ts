/** What a body of 200 parameters holds: counters, levels, words and versions, as profiles of TR-181 have them. */
const OBJECTS = 20;

/** Name, value and type of each parameter of a device. @param seed another one gives other values */
function parametersOf(seed: number): [name: string, value: string | number | boolean, type: string][] {
  return Array.from({ length: OBJECTS }, (_, at): [string, string | number | boolean, string][] => {
    const wifi = `Device.WiFi.Radio.${at + 1}`;
    const ip = `Device.IP.Interface.${at + 1}`;
    return [
      [`${ip}.Stats.BytesReceived`, 981_273_645_123 + seed * 977 + at, 'unsignedLong'],
      [`${ip}.Stats.BytesSent`, 71_273_645_129 + seed * 613 + at, 'unsignedLong'],
      [`${ip}.Stats.PacketsReceived`, 812_736 + seed + at, 'unsignedLong'],
      [`${ip}.Status`, at % 5 === 0 ? 'Down' : 'Up', 'string'],
      [`${ip}.IPv4Address.1.IPAddress`, `198.51.100.${(seed + at) % 250}`, 'string'],
      [`${wifi}.Channel`, 1 + ((seed + at) % 13), 'unsignedInt'],
      [`${wifi}.Stats.Noise`, -95 + (at % 7), 'int'],
      [`${wifi}.OperatingFrequencyBand`, at % 2 === 0 ? '2.4GHz' : '5GHz', 'string'],
      [`${wifi}.Enable`, at % 3 !== 0, 'boolean'],
      [`${wifi}.Stats.ErrorsReceived`, seed % 977, 'unsignedInt'],
    ];
  }).flat();
}

export const FORMS = ['NameValuePair', 'ObjectHierarchy', 'ParameterPerColumn', 'ParameterPerRow'] as const;
export type Form = (typeof FORMS)[number];

/** A body with one report of 200 parameters. */
export function sampleBody(form: Form, seed: number): Buffer {
  const parameters = parametersOf(seed);
  const time = 1_790_000_000 + seed;
  switch (form) {
    case 'NameValuePair': {
      const pairs = Object.fromEntries(parameters.map(([name, value]) => [name, value]));
      return Buffer.from(JSON.stringify({ Report: [{ CollectionTime: time, ...pairs }] }));
    }
    case 'ObjectHierarchy': {
      const report: Record<string, unknown> = { CollectionTime: time };
      for (const [name, value] of parameters) put(report, name.split('.'), value);
      return Buffer.from(JSON.stringify({ Report: [report] }));
    }
    case 'ParameterPerColumn': {
      const header = ['ReportTimestamp', ...parameters.map(([name]) => name)].join(',');
      return Buffer.from(`${header}\r\n${[time, ...parameters.map(([, value]) => value)].join(',')}\r\n`);
    }
    case 'ParameterPerRow': {
      const rows = parameters.map(([name, value, type]) => [time, name, value, type].join(','));
      return Buffer.from(
        `ReportTimestamp,ParameterName,ParameterValue,ParameterType\r\n${rows.join('\r\n')}\r\n`,
      );
    }
  }
}

function put(into: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first = '', ...rest] = path;
  if (rest.length === 0) into[first] = value;
  else put((into[first] ??= {}) as Record<string, unknown>, rest, value);
}

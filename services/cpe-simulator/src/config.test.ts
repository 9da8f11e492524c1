import type { ConfigError } from '@cpemon/service-kit';
import { readConfig } from './config.js';
import { USAGE } from './usage.js';

const problemsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

describe('the simulator’s configuration', () => {
  it('needs nothing: the defaults are a small fleet that reports to this machine', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      devices: 100,
      intervalSeconds: 60,
      batchSize: 1,
      port: 8083,
      opsPort: 9104,
    });
    expect(config.apiUrl.origin).toBe('http://127.0.0.1:8080');
    expect(config.ingestToken).toBeUndefined();
  });

  it('reports everything that is wrong at once', () => {
    expect(
      problemsOf({
        API_URL: 'ftp://127.0.0.1',
        ACS_URL: 'http://8.8.8.8',
        DEVICES: '1000001',
        WEBHOOK_SHARE: '1.1',
        SERIAL_PREFIX: 'a"b',
        SEED: '-1',
      }),
    ).toHaveLength(6);
  });

  it('refuses a public target unless told so', () => {
    expect(problemsOf({ API_URL: 'http://93.184.215.14:80' })[0]).toMatch(
      /^API_URL cannot be used: 93\.184\.215\.14 is neither loopback nor private/,
    );
    expect(problemsOf({ API_URL: 'http://93.184.215.14:80', ALLOW_PUBLIC_TARGET: 'true' })).toEqual([]);
  });

  it('is explained by --help, variable by variable', () => {
    const asked = new Set(['LOG_LEVEL', 'LOG_FORMAT']);
    readConfig(
      new Proxy<NodeJS.ProcessEnv>(
        {},
        {
          get: (_env, name) => {
            asked.add(String(name));
            return undefined;
          },
        },
      ),
    );
    const explained = new Set(USAGE.match(/^ {4}[A-Z][A-Z_]+/gm)?.map((name) => name.trim()));
    expect(explained).toEqual(asked);
  });
});

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * Sends made-up requests by /openapi.json to a running cpemon-api and checks every answer against it (schemathesis, which
 * is taken from PyPI into a folder that is kept with --keep).
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8080' },
    token: { type: 'string' },
    minutes: { type: 'string', default: '5' },
    folder: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`node scripts/check-api.mjs --token OPERATOR_TOKEN [--url URL] [--minutes N] [--folder VENV]

  --folder  where schemathesis is, or is put and left; else it is removed at the end`);
  process.exit(0);
}
if (values.token === undefined) {
  console.error('--token is needed: that of an operator.');
  process.exit(64);
}

/** @param {string} program @param {string[]} args */
function run(program, args, options = {}) {
  console.log(`$ ${[program, ...args].join(' ').replaceAll(String(values.token), '[secret]')}`);
  return spawnSync(program, args, { stdio: 'inherit', ...options }).status ?? 1;
}

const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'cpemon-schemathesis-'));
const schemathesis = join(folder, 'bin', 'schemathesis');
try {
  if (!existsSync(schemathesis)) {
    const made =
      run('python3', ['-m', 'venv', folder]) === 0 &&
      run(join(folder, 'bin', 'pip'), ['install', '--quiet', 'schemathesis']) === 0;
    if (!made) {
      console.error('schemathesis cannot be had (python3 with venv, and PyPI): nothing was checked.');
      process.exit(2);
    }
  }
  process.exitCode = run(schemathesis, [
    ...['run', `${values.url}/openapi.json`, '--url', values.url],
    ...['--header', `Authorization: Bearer ${values.token}`],
    // What is sent is a report of nobody, and what has no end is left to the tests of the stream.
    ...['--exclude-path', '/v1/stream', '--exclude-path-regex', '^/(cpe|v1/(telemetry|events|bulkdata))'],
    ...[
      '--checks',
      'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance',
    ],
    ...['--phases', 'examples,coverage,fuzzing', '--max-time', String(Number(values.minutes) * 60)],
    ...['--no-color'],
  ]);
} finally {
  if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
}

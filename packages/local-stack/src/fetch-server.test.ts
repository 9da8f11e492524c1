import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedPackages } from './fetch-server.js';
import { packageNames } from './unpack-packages.js';

test('package names are read from the lines of --print-uris', () => {
  const printed = `Reading package lists...
'http://mirror/pool/m/mariadb-server-core_10.11.9-0%2bdeb12u1_amd64.deb' mariadb-server-core_1%3a10.11.9-0+deb12u1_amd64.deb 7342456 SHA256:ab
'http://mirror/pool/libu/liburing2_2.3-3_amd64.deb' liburing2_2.3-3_amd64.deb 27304 SHA256:cd
`;
  expect(packageNames(printed)).toEqual(['mariadb-server-core', 'liburing2']);
});

test('only packages that dpkg calls installed count as installed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cpemon-dpkg-'));
  writeFileSync(
    join(folder, 'status'),
    'Package: a\nStatus: install ok installed\nVersion: 1\n\nPackage: b\nStatus: deinstall ok config-files\n\nPackage: c\nStatus: install ok installed\n',
  );
  expect([...installedPackages(join(folder, 'status'))]).toEqual(['a', 'c']);
  rmSync(folder, { recursive: true });
});

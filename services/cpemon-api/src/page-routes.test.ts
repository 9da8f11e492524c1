import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import express from 'express';
import request from 'supertest';
import { createPageRoutes } from './page-routes.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'page-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<title>CPEmon</title>');
  writeFileSync(join(folder, 'docs.html'), '<title>API</title>');
  writeFileSync(join(folder, 'assets/main-ABC.js'), 'void 0;');
  writeFileSync(join(folder, 'assets/main-ABC.js.gz'), gzipSync('void 1;'));
  writeFileSync(join(folder, 'assets/plain-ABC.js'), 'void 2;');
});
afterAll(() => rmSync(folder, { recursive: true }));

const server = (of = folder) => request(express().use(createPageRoutes(of)));

test.each([
  '/',
  '/admin?sn=A1',
  '/devices?q=a',
  '/devices/A%2F1',
  '/alerts/7',
  '/operations/dead-letters',
  '/login',
])('%s is the live page, which may run nothing but its own files', async (path) => {
  const { status, headers, text } = await server().get(path);
  expect([status, text]).toEqual([200, '<title>CPEmon</title>']);
  expect(headers['content-type']).toContain('text/html');
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(headers['content-security-policy']).not.toContain('unsafe');
  // A new version is seen at the next load.
  expect(headers['cache-control']).toBe('no-cache');
});

test('files that are named after their content are kept for ever, and come with the same rules', async () => {
  const { status, headers } = await server().get('/assets/main-ABC.js');
  expect(status).toBe(200);
  expect(headers['content-type']).toContain('javascript');
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(headers['content-security-policy']).toContain("default-src 'none'");
});

test('they come compressed to those who can read that, as the build has compressed them', async () => {
  const text = async (name: string, encoding: string) => {
    const { headers, text: got } = await server().get(`/assets/${name}`).set('accept-encoding', encoding);
    expect(headers['vary']).toBe('Accept-Encoding');
    expect(headers['content-type']).toContain('text/javascript');
    return [headers['content-encoding'], got];
  };
  expect(await text('main-ABC.js', 'gzip, br')).toEqual(['gzip', 'void 1;']);
  expect(await text('main-ABC.js', 'identity')).toEqual([undefined, 'void 0;']);
  expect(await text('plain-ABC.js', 'gzip')).toEqual([undefined, 'void 2;']);
});

test('what is not there is not answered with a page, and nothing outside the folder comes at all', async () => {
  for (const path of ['/assets/main-OLD.js', '/devices/a/b', '/..%2fpackage.json', '/no-such-file'])
    expect([path, (await server().get(path)).status]).toEqual([path, 404]);
  expect((await server().put('/')).status).toBe(405);
});

test('a page that was not built says so', async () => {
  const { status, body } = await server(join(folder, 'none')).get('/');
  expect([status, body.code]).toEqual([404, 'page_not_built']);
});

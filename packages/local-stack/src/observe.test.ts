import { observePorts, targetsOf } from './observe.js';

test('every replica is a target under the name of its service', () => {
  const replicas = [
    { name: 'cpemon-api', opsUrl: 'http://127.0.0.1:9101' },
    { name: 'cpemon-writer', opsUrl: 'http://127.0.0.1:9103' },
    { name: 'cpemon-writer', opsUrl: 'http://127.0.0.1:9110' },
  ];
  expect(targetsOf(replicas)).toEqual([
    { targets: ['127.0.0.1:9101'], labels: { job: 'cpemon-api' } },
    { targets: ['127.0.0.1:9103', '127.0.0.1:9110'], labels: { job: 'cpemon-writer' } },
  ]);
});

test('the ports keep their distance from that of cpemon-api', () => {
  expect(observePorts(8080)).toEqual({ prometheus: 9090, alertmanager: 9093 });
  expect(observePorts(18080)).toEqual({ prometheus: 19090, alertmanager: 19093 });
});

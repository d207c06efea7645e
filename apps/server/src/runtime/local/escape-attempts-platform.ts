import type { Attempt } from './escape-attempts.ts';

/** Attempts on the platform and on other tenants: their files, sockets, secrets and processes. */
export const platformAttempts: Attempt[] = [
  ['list the folder of another tenant', 'sh', 'ls OTHER && echo ESCAPED', 'outside'],
  ['write into the folder of another tenant', 'sh', 'echo x > OTHER/written && echo ESCAPED', 'outside'],
  [
    'reach another tenant through a chain of links',
    'sh',
    'ln -s OTHER a; ln -s a b; cat b/data.txt && echo ESCAPED',
    'outside',
  ],
  [
    'find a secret in the environment',
    'sh',
    'env | grep -E "ANTHROPIC|TALKIDE_SECRET|PLATFORM_CANARY" && echo ESCAPED',
    'outside',
  ],
  [
    'find a secret in /proc',
    'sh',
    'cat /proc/[0-9]*/environ | grep -aqE "PLATFORM_CANAR[Y]" && echo ESCAPED',
    'outside',
  ],
  [
    'find a socket of the database',
    'sh',
    'for f in /run/postgresql /var/run/postgresql /tmp; do ls -A $f | grep "^.s.PGSQL" && echo ESCAPED; done',
    'loosened',
  ],
  [
    'reach the database of the platform by TCP',
    'js',
    `require('net').connect(5432, '127.0.0.1').on('connect', () => console.log('ESCAPED')).on('error', () => {})`,
    'loosened',
  ],
  [
    'use a socket of the platform',
    'js',
    `require('net').connect('HOSTSOCKET').on('connect', function () { console.log('ESCAPED'); this.destroy() }).on('error', () => {})`,
    'outside',
  ],
  [
    'use an abstract socket of the platform',
    'js',
    `require('net').connect({ path: '\\0ABSTRACT' }).on('connect', function () { console.log('ESCAPED'); this.destroy() }).on('error', () => {})`,
    'outside',
  ],
  [
    'see shared memory of the host',
    'sh',
    'ls -A /dev/shm | grep . && echo ESCAPED; tail -n +2 /proc/sysvipc/shm | grep . && echo ESCAPED',
    'loosened',
  ],
  [
    'see disks and mounts of the host',
    'sh',
    'grep -F "STATE" /proc/self/mountinfo | grep -v "/sandbox/" && echo ESCAPED',
    'loosened',
  ],
  ['stop a process of the host', 'sh', 'kill -0 PID && echo ESCAPED', 'outside'],
];

import { describe, expect, it } from 'vitest';
import { programError } from './errors.ts';
import { launchCommand, serverFolders } from './launch.ts';
import { serverArguments } from './settings.ts';
import { chooseSocketDir } from './socket-dir.ts';

const tools = { setpriv: '/usr/bin/setpriv', unshare: '/usr/bin/unshare' };
const account = { uid: 101, gid: 104 };
const folders = { native: '/srv/app/native', data: '/srv/app/data', socket: '/srv/app/run' };

describe('launchCommand', () => {
  it('runs the program itself where the kernel cannot watch the parent', () => {
    expect(launchCommand({ kind: 'own-user' }, {}, folders, folders, 'postgres', ['-D', '/data'])).toEqual({
      command: '/srv/app/native/bin/postgres',
      args: ['-D', '/data'],
    });
  });

  it('lends another account and ties the server to the life of the platform', () => {
    expect(launchCommand({ kind: 'account', account }, tools, folders, folders, 'postgres', ['-D', '/data'])).toEqual({
      command: '/usr/bin/setpriv',
      args: ['--pdeathsig', 'INT', '--', '/srv/app/native/bin/postgres', '-D', '/data'],
      account,
    });
  });

  it('binds unreachable folders into a mount namespace, then drops root, then ties', () => {
    const placement = { kind: 'namespace', account, mountPoint: '/mnt' } as const;
    const seen = serverFolders(placement, folders, 'abc');
    expect(seen).toEqual({
      native: '/mnt/talkide-abc/native',
      data: '/mnt/talkide-abc/data',
      socket: '/mnt/talkide-abc/socket',
    });
    const { command, args } = launchCommand(placement, tools, folders, seen, 'postgres', ['-D', '/data']);
    expect(command).toBe('/usr/bin/unshare');
    expect(args.slice(args.indexOf('talkide-postgres') + 1).join(' ')).toBe(
      '/mnt /mnt/talkide-abc /srv/app/native /mnt/talkide-abc/native /srv/app/data /mnt/talkide-abc/data ' +
        '/srv/app/run /mnt/talkide-abc/socket -- /usr/bin/setpriv --reuid=101 --regid=104 --clear-groups -- ' +
        '/usr/bin/setpriv --pdeathsig INT -- /mnt/talkide-abc/native/bin/postgres -D /data',
    );
  });
});

describe('serverArguments', () => {
  it('is durable and small unless a test says otherwise', () => {
    const args = serverArguments('/data', '/run', 5432).join(' ');
    expect(args).toContain('-c fsync=on');
    expect(args).toContain('-c shared_buffers=24MB');
    expect(serverArguments('/data', '/run', 5432, { fsync: 'off' }).join(' ')).toContain('-c fsync=off');
  });
});

describe('chooseSocketDir', () => {
  it('keeps what fits and shortens what does not, always to the same folder', () => {
    expect(chooseSocketDir('/home/ada/.talkide/run', '/home/ada/.talkide/pg')).toBe('/home/ada/.talkide/run');
    const long = `/home/${'a'.repeat(100)}/run`;
    expect(chooseSocketDir(long, '/data')).toBe(chooseSocketDir(`${long}/other`, '/data'));
    expect(chooseSocketDir(long, '/data').length).toBeLessThan(90);
  });
});

describe('programError', () => {
  it.each([
    ['FATAL:  could not write lock file "postmaster.pid": No space left on device', 'DATABASE_DISK_FULL'],
    ['FATAL:  could not open file "global/pg_control": Permission denied', 'DATABASE_FOLDER_UNWRITABLE'],
    ['mount: /mnt: permission denied.', 'DATABASE_FOLDER_UNREACHABLE'],
    ['PANIC:  could not locate a valid checkpoint record at 0/1', 'DATABASE_FOLDER_DAMAGED'],
    ['FATAL:  could not map anonymous shared memory', 'DATABASE_START_FAILED'],
  ])('reads %s as %s', (log, code) => {
    const error = programError('postgres', '/data', `LOG:  starting\n${log}\nLOG:  gone`);
    expect(error.code).toBe(code);
    expect(error.mend).toMatch(/\.$/);
  });
});

import { existsSync } from 'node:fs';

/** What every sandbox may read of macOS, as Linux shows /usr and its like: programs, libraries, certificates; nothing of people. */
export const systemFolders = [
  ...['/usr', '/bin', '/sbin', '/System', '/opt/homebrew'],
  ...['/Library/Apple', '/Library/Frameworks', '/Library/Developer/CommandLineTools'],
  '/Applications/Xcode.app/Contents/Developer',
  ...['/private/var/select', '/private/var/db/dyld', '/private/var/db/timezone'],
  // Not all of /private/etc: it holds keys and passwords.
  ...['/private/etc/ssl/certs', '/private/etc/ssl/cert.pem', '/private/etc/ssl/openssl.cnf'],
  ...[
    '/private/etc/passwd',
    '/private/etc/group',
    '/private/etc/hosts',
    '/private/etc/protocols',
    '/private/etc/services',
  ],
  ...['/dev/null', '/dev/zero', '/dev/random', '/dev/urandom', '/dev/fd', '/dev/dtracehelper'],
];

/** The whole volume of people's files once more, below a folder of the system. */
export const hiddenFolders = ['/System/Volumes/Data'];

// Git of the developer tools comes first: /usr/bin/git only asks where that is, which a sandbox does not answer.
const programFolders = [
  '/Library/Developer/CommandLineTools/usr/bin',
  '/Applications/Xcode.app/Contents/Developer/usr/bin',
  ...['/opt/homebrew/bin', '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'],
];

/** Where programs of a sandbox look for others, after the folder of Node. */
export const systemPath = () => programFolders.filter((folder) => existsSync(folder));

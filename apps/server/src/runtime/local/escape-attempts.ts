/**
 * Where the program is seen to succeed, so that it is known to be able to: without any sandbox, when any user achieves it
 * there and it harms nothing; in a loosened sandbox (escape-loosened.ts), or in a user namespace there that has no map of
 * identities yet; or nowhere, with the reason.
 */
export type Seen = 'outside' | 'loosened' | 'unmapped' | { nowhere: string };

/** A program that tries to get out, and prints `ESCAPED` when it did. */
export type Attempt = [name: string, language: 'sh' | 'js', program: string, seen: Seen];

/**
 * `SECRET`, `OTHER`, `PORT` and `PID` stand for a file, another tenant's folder, a port and a process of the host, `LOG` for
 * the log that a worker writes itself.
 */
export const attempts: Attempt[] = [
  ['read a secret file by its path', 'sh', 'cat SECRET && echo ESCAPED', 'outside'],
  ['read it through /proc/1/root', 'sh', 'cat /proc/1/rootSECRET && echo ESCAPED', 'loosened'],
  ['read it through a symbolic link', 'sh', 'ln -sf SECRET l; cat l && echo ESCAPED; rm -f l', 'outside'],
  ['read it through a hard link', 'sh', 'rm -f h; ln SECRET h && cat h && echo ESCAPED', 'outside'],
  [
    'climb out of the working folder',
    'sh',
    'for f in /workspace/../other/data.txt ../other/data.txt OTHER/data.txt; do cat $f && echo ESCAPED; done',
    'outside',
  ],
  [
    'list the homes of the host',
    'sh',
    // The sandbox has folders of these names itself.
    'ls -A1 /home /root /work /var | grep -vxE "|/.*:|mara|cache" && echo ESCAPED',
    'outside',
  ],
  [
    'read passwords and private keys',
    'sh',
    'cat /etc/shadow && echo ESCAPED; ls /etc/ssl/private && echo ESCAPED',
    'loosened',
  ],
  [
    'see how the platform was started',
    'sh',
    'grep -aq vi[t]est /proc/*/cmdline /proc/*/environ && echo ESCAPED',
    'outside',
  ],
  [
    'see where the sandbox keeps its options',
    'sh',
    `tr '\\0' ' ' < /proc/1/cmdline | grep -E "bin[d]|seten[v]" && echo ESCAPED`,
    'loosened',
  ],
  [
    'write to the system',
    'sh',
    'for d in / /usr /usr/bin /etc /opt /opt/node/bin /dev /lib; do touch $d/x && echo ESCAPED $d; done',
    'loosened',
  ],
  ['write a kernel setting', 'sh', 'echo "|/workspace/x" > /proc/sys/kernel/core_pattern && echo ESCAPED', 'loosened'],
  [
    'call the system request key',
    'sh',
    'echo h > /proc/sysrq-trigger && echo ESCAPED',
    { nowhere: 'it is of the whole machine, and where the kernel has none, nothing can stand in' },
  ],
  [
    'mount a file system',
    'sh',
    'mount -t tmpfs none /tmp && echo ESCAPED; mount --bind / /tmp && echo ESCAPED',
    'loosened',
  ],
  [
    'mount everything writable again',
    'sh',
    'mount -o remount,rw / && echo ESCAPED; mount -o remount,bind,rw /usr && echo ESCAPED',
    'loosened',
  ],
  [
    'make namespaces',
    'sh',
    'for n in user mount pid net ipc uts cgroup; do unshare --$n true && echo ESCAPED $n; done',
    'loosened',
  ],
  ['enter the namespaces of init', 'sh', 'nsenter --target 1 --mount --pid true && echo ESCAPED', 'loosened'],
  [
    'become root',
    'sh',
    'su -c true root </dev/null && echo ESCAPED; setpriv --reuid 0 true && echo ESCAPED; [ "$(id -u)" = 0 ] && echo ESCAPED',
    'loosened',
  ],
  ['change root', 'sh', '/usr/sbin/chroot / /bin/true && echo ESCAPED', 'loosened'],
  ['read the kernel log', 'sh', 'dmesg && echo ESCAPED; cat /proc/kmsg && echo ESCAPED', 'loosened'],
  [
    'open memory or disks',
    'sh',
    'for d in mem kmem port vda sda kvm fuse loop0; do [ -e /dev/$d ] && echo ESCAPED $d; done; mknod x b 254 0 && echo ESCAPED',
    'loosened',
  ],
  [
    'see cgroups and leave them',
    'sh',
    'ls /sys && echo ESCAPED; echo 0 > /sys/fs/cgroup/cgroup.procs && echo ESCAPED',
    'loosened',
  ],
  [
    'find sockets of the host',
    'sh',
    'ls -A1 /run /var/run /tmp/.X11-unix | grep -vxE "|/.*:|app|egress|postgresql|talkide|uploads" && echo ESCAPED',
    'outside',
  ],
  [
    'use descriptors of the platform',
    'sh',
    'for f in /proc/[0-9]*/fd/*; do t=$(readlink $f); case "$t" in pipe:*|socket:*|anon_inode:*|/dev/null|/proc/*|LOG|"") ;; *) echo ESCAPED $t;; esac; done',
    'loosened',
  ],
  ['kill processes of the host', 'js', `try { process.kill(PID, 0); console.log('ESCAPED') } catch {}`, 'outside'],
  [
    'reach a port of the host',
    'js',
    `for (const host of ['127.0.0.1', '::1', 'localhost', '0.0.0.0']) require('net').connect(PORT, host).on('connect', () => console.log('ESCAPED', host)).on('error', () => {})`,
    'outside',
  ],
  [
    'use the network',
    'js',
    `for (const host of ['192.0.2.1', '10.0.0.1', '172.17.0.1', '2001:db8::1']) require('net').connect(80, host).on('connect', () => console.log('ESCAPED', host)).on('error', (e) => e.code === 'ENETUNREACH' || console.log('ESCAPED', e.code))`,
    'loosened',
  ],
  [
    'resolve names',
    'js',
    `require('dns').resolve4('example.org', (e, a) => { if (a) console.log('ESCAPED', a) })`,
    'loosened',
  ],
  [
    'send datagrams',
    'js',
    `const s = require('dgram').createSocket('udp4').on('error', () => {}); s.send('x', 53, '192.0.2.1', (e) => { if (!e) console.log('ESCAPED'); s.close() })`,
    'loosened',
  ],
  [
    'use the abstract sockets of the host',
    'js',
    `require('net').connect({ path: '\\0/tmp/.X11-unix/X0' }).on('connect', () => console.log('ESCAPED')).on('error', () => {})`,
    'loosened',
  ],
  [
    'attach to another process',
    'js',
    `try { require('fs').openSync('/proc/1/mem', 'r+'); console.log('ESCAPED') } catch {}; try { if (/(?!PWD)\\b[A-Z]+=/.test(require('fs').readFileSync('/proc/1/environ', 'utf8'))) console.log('ESCAPED') } catch {}`,
    'loosened',
  ],
  [
    'find network devices',
    'js',
    `for (const name of Object.keys(require('os').networkInterfaces())) if (name !== 'lo') console.log('ESCAPED', name)`,
    'loosened',
  ],
];

/**
 * A program that tries to get out, and prints `ESCAPED` when it did. `outside` marks those that any user achieves
 * without a sandbox and that harm nothing there: they are run there too, to show that they can.
 */
export type Attempt = [name: string, language: 'sh' | 'js', program: string, where?: 'outside'];

/** `SECRET`, `OTHER`, `PORT` and `PID` stand for a file, another tenant's folder, a port and a process of the host. */
export const attempts: Attempt[] = [
  ['read a secret file by its path', 'sh', 'cat SECRET && echo ESCAPED', 'outside'],
  ['read it through /proc/1/root', 'sh', 'cat /proc/1/rootSECRET && echo ESCAPED'],
  ['read it through a symbolic link', 'sh', 'ln -sf SECRET l; cat l && echo ESCAPED; rm -f l', 'outside'],
  ['read it through a hard link', 'sh', 'rm -f h; ln SECRET h && cat h && echo ESCAPED', 'outside'],
  ['climb out of the working folder', 'sh', 'cat /workspace/../other/data.txt OTHER/data.txt && echo ESCAPED'],
  ['list the homes of the host', 'sh', 'ls /home /root /work /var && echo ESCAPED'],
  ['read passwords and private keys', 'sh', 'cat /etc/shadow && echo ESCAPED; ls /etc/ssl/private && echo ESCAPED'],
  ['see how the platform was started', 'sh', 'grep -a vi[t]est /proc/*/cmdline /proc/*/environ && echo ESCAPED'],
  [
    'see where the sandbox keeps its options',
    'sh',
    `tr '\\0' ' ' < /proc/1/cmdline | grep -E "bin[d]|seten[v]" && echo ESCAPED`,
  ],
  [
    'write to the system',
    'sh',
    'for d in / /usr /usr/bin /etc /opt /opt/node/bin /dev /lib; do touch $d/x && echo ESCAPED $d; done',
  ],
  ['write a kernel setting', 'sh', 'echo "|/workspace/x" > /proc/sys/kernel/core_pattern && echo ESCAPED'],
  ['call the system request key', 'sh', 'echo h > /proc/sysrq-trigger && echo ESCAPED'],
  ['mount a file system', 'sh', 'mount -t tmpfs none /tmp && echo ESCAPED; mount --bind / /tmp && echo ESCAPED'],
  [
    'mount everything writable again',
    'sh',
    'mount -o remount,rw / && echo ESCAPED; mount -o remount,bind,rw /usr && echo ESCAPED',
  ],
  [
    'make namespaces',
    'sh',
    'for n in user mount pid net ipc uts cgroup; do unshare --$n true && echo ESCAPED $n; done',
  ],
  ['enter the namespaces of init', 'sh', 'nsenter --target 1 --mount --pid true && echo ESCAPED'],
  [
    'become root',
    'sh',
    'su -c true root </dev/null && echo ESCAPED; setpriv --reuid 0 true && echo ESCAPED; [ "$(id -u)" = 0 ] && echo ESCAPED',
  ],
  ['change root', 'sh', '/usr/sbin/chroot /workspace /bin/true && echo ESCAPED'],
  ['read the kernel log', 'sh', 'dmesg && echo ESCAPED; cat /proc/kmsg && echo ESCAPED'],
  [
    'open memory or disks',
    'sh',
    'for d in mem kmem port vda sda kvm fuse loop0; do [ -e /dev/$d ] && echo ESCAPED $d; done; mknod x b 254 0 && echo ESCAPED',
  ],
  ['see cgroups and leave them', 'sh', 'ls /sys && echo ESCAPED; echo 0 > /sys/fs/cgroup/cgroup.procs && echo ESCAPED'],
  ['find sockets of the host', 'sh', 'ls /run /var/run /tmp/.X11-unix && echo ESCAPED'],
  [
    'use descriptors of the platform',
    'sh',
    'for f in /proc/self/fd/*; do t=$(readlink $f); case "$t" in pipe:*|socket:*|/dev/null|/proc/*|"") ;; *) echo ESCAPED $t;; esac; done',
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
  ],
  ['resolve names', 'js', `require('dns').resolve4('example.org', (e, a) => { if (a) console.log('ESCAPED', a) })`],
  [
    'send datagrams',
    'js',
    `const s = require('dgram').createSocket('udp4').on('error', () => {}); s.send('x', 53, '192.0.2.1', (e) => { if (!e) console.log('ESCAPED'); s.close() })`,
  ],
  [
    'use the abstract sockets of the host',
    'js',
    `require('net').connect({ path: '\\0/tmp/.X11-unix/X0' }).on('connect', () => console.log('ESCAPED')).on('error', () => {})`,
  ],
  [
    'attach to another process',
    'js',
    `try { require('fs').openSync('/proc/1/mem', 'r+'); console.log('ESCAPED') } catch {}; try { if (/(?!PWD)\\b[A-Z]+=/.test(require('fs').readFileSync('/proc/1/environ', 'utf8'))) console.log('ESCAPED') } catch {}`,
  ],
  [
    'find network devices',
    'js',
    `for (const name of Object.keys(require('os').networkInterfaces())) if (name !== 'lo') console.log('ESCAPED', name)`,
  ],
];

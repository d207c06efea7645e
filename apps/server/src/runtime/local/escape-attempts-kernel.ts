import type { Attempt } from './escape-attempts.ts';
import { blockedCalls, judgedCalls } from './syscalls.ts';

const at = process.arch === 'arm64' ? 1 : 0;
/** Refusals of the filter: EPERM, ENOSYS, EAFNOSUPPORT. Any other answer came from behind it. */
const refusals = '1|38|97';

/** Makes a raw system call: perl-base, essential in Debian, is the one interpreter there that can. */
function raw(number: number | null | undefined, ...args: (number | string)[]): string {
  const all = [number ?? -1, ...args].join(', ');
  return `/usr/bin/perl -e 'my $r = syscall(${all}); print "ESCAPED $r $!" if $r != -1 || ($!+0) !~ /^(${refusals})$/'`;
}

const socketOf = (family: number, type: number, protocol = 0) => raw(judgedCalls.socket[at], family, type, protocol);
const [stream, datagram, rawType] = [1, 2, 3];
const newUser = 0x10000000;
/** The first takes a privilege of the whole machine; the second none. */
const [loadProgram, takeLoaded] = [5, 7];
const child = 17;

/** Of kinds of sockets that a kernel may have as a module. */
const optional = { nowhere: 'not every kernel has it, and it may load a module into the kernel of this machine' };

/** Attempts on the kernel itself: calls, devices and kinds of sockets. */
export const kernelAttempts: Attempt[] = [
  ['trace a process', 'sh', raw(blockedCalls.ptrace?.[at], 0, 0, 0, 0), 'outside'],
  ['read memory of a process', 'sh', raw(blockedCalls.process_vm_readv?.[at], '$$', 0, 0, 0, 0, 0), 'outside'],
  ['write memory of a process', 'sh', raw(blockedCalls.process_vm_writev?.[at], '$$', 0, 0, 0, 0, 0), 'outside'],
  ['take a descriptor of a process', 'sh', raw(blockedCalls.pidfd_getfd?.[at], -1, 0, 0), 'outside'],
  ['use the keyring', 'sh', raw(blockedCalls.keyctl?.[at], 0, -3, 0), 'loosened'],
  [
    'load a program into the kernel, or take one that is loaded',
    'sh',
    [loadProgram, takeLoaded].map((command) => raw(blockedCalls.bpf?.[at], command, 0, 0)).join('; '),
    'loosened',
  ],
  ['set up io_uring', 'sh', raw(blockedCalls.io_uring_setup?.[at], 0, 0), 'loosened'],
  ['open performance counters', 'sh', raw(blockedCalls.perf_event_open?.[at], 0, 0, -1, -1, 0), 'loosened'],
  ['enter a namespace by descriptor', 'sh', raw(blockedCalls.setns?.[at], -1, 0), 'outside'],
  ['nest a user namespace', 'sh', raw(judgedCalls.clone[at], newUser + child, 0, 0, 0, 0), 'loosened'],
  [
    'boot another kernel',
    'sh',
    raw(blockedCalls.kexec_load?.[at], 0, 0, 0, 0),
    { nowhere: 'it takes a privilege of the whole machine, and without it the kernel answers as the filter does' },
  ],
  ['restart the machine', 'sh', raw(blockedCalls.reboot?.[at], 0, 0, 0, 0), 'loosened'],
  ['set the clock', 'sh', raw(blockedCalls.clock_settime?.[at], 0, 0), 'loosened'],
  [
    'change the name of the machine',
    'sh',
    'hostname stolen && echo ESCAPED; echo x > /proc/sys/kernel/hostname && echo ESCAPED',
    'loosened',
  ],
  [
    'open a file by its handle',
    'sh',
    raw(blockedCalls.open_by_handle_at?.[at], -1, 0, 0),
    { nowhere: 'kernels before 6.11 answer whoever lacks a privilege of the whole machine as the filter does' },
  ],
  ['open a vsock socket', 'sh', socketOf(40, stream), optional],
  ['open a packet socket', 'sh', socketOf(17, rawType), 'loosened'],
  ['open a raw socket', 'sh', socketOf(2, rawType, 1), 'loosened'],
  ['open a crypto socket of the kernel', 'sh', socketOf(38, 5), optional],
  ['open a bluetooth socket', 'sh', socketOf(31, datagram), optional],
  ['type into the terminal of another', 'sh', raw(judgedCalls.ioctl[at], 0, 0x5412, 0), 'outside'],
  [
    'write settings of the kernel',
    'sh',
    'for f in kernel/modprobe vm/overcommit_memory net/ipv4/ip_forward; do [ -w /proc/sys/$f ] && (echo 1 >> /proc/sys/$f) && echo ESCAPED; done',
    'loosened',
  ],
  [
    'write its own identity map',
    'sh',
    'echo "0 0 1" > /proc/self/uid_map && echo ESCAPED; echo allow > /proc/self/setgroups && echo ESCAPED',
    'unmapped',
  ],
  [
    'be killed later than others',
    'sh',
    'echo -1000 > /proc/self/oom_score_adj && echo ESCAPED',
    { nowhere: 'it takes a privilege of the whole machine' },
  ],
  ['run a program as its owner', 'sh', 'grep -q "^NoNewPrivs:.*1" /proc/self/status || echo ESCAPED', 'outside'],
  [
    'hold a capability',
    'sh',
    'grep -E "^Cap(Inh|Prm|Eff|Bnd|Amb):" /proc/self/status | grep -v "0000000000000000$" && echo ESCAPED',
    'outside',
  ],
  [
    'make a device',
    'sh',
    'mknod /tmp/device c 1 1 && echo ESCAPED',
    { nowhere: 'it takes a privilege of the whole machine' },
  ],
];

/** Server settings: small memory (the whole platform aims at 300 MB), no helper processes it can do without, durable. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '',
  max_connections: '200',
  shared_buffers: '24MB',
  work_mem: '2MB',
  maintenance_work_mem: '32MB',
  wal_buffers: '1MB',
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  checkpoint_timeout: '15min',
  fsync: 'on',
  jit: 'off',
  io_method: 'sync',
  max_worker_processes: '0',
  max_parallel_workers: '0',
  max_logical_replication_workers: '0',
  max_wal_senders: '0',
  autovacuum_max_workers: '1',
  autovacuum_worker_slots: '1',
  password_encryption: 'scram-sha-256',
  logging_collector: 'off',
  log_line_prefix: '%m [%p] %d ',
  log_checkpoints: 'off',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
};

/** The arguments of `postgres` for one cluster. */
export function serverArguments(
  clusterDir: string,
  socketDir: string,
  port: number,
  overrides: Record<string, string> = {},
): string[] {
  const settings = { ...SETTINGS, ...overrides, port: String(port), unix_socket_directories: socketDir };
  return ['-D', clusterDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

import type { Domain, DomainRecord, Domains } from '@talkide/contracts';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, ref } from 'vue';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';

const CHECKING_MS = 1_500;
const WAITING_MS = 15_000;

/** How soon to ask again: while something is looked at, while something waits, or not at all. */
export function pollingPause(domains: Domains | undefined): number | false {
  const items = domains?.items ?? [];
  if (items.some(({ checking }) => checking)) return CHECKING_MS;
  return items.some(({ status, reason }) => status !== 'ACTIVE' || reason !== null) ? WAITING_MS : false;
}

/** Whether a record was found in the DNS as it should be. */
export function isFound({ status, reason }: Domain, { type }: DomainRecord): boolean {
  if (status !== 'VERIFIED' && status !== 'ACTIVE') return false;
  const isProofGone = reason === 'PROOF_MISSING' || reason === 'PROOF_WRONG';
  if (type === 'TXT') return !isProofGone;
  return reason === null || reason.startsWith('CERTIFICATE');
}

/** The domains of a project: looked at again while they are on their way. */
export function useDomains(projectId: string) {
  const queries = useQueryClient();
  const key = queryKeys.domains(projectId);
  const path = { id: projectId };
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => unwrap(api.GET('/api/projects/{id}/domains', { params: { path }, signal })),
    refetchInterval: ({ state }) => pollingPause(state.data),
  });
  const hostname = ref('');
  const change = (with_: (items: Domain[]) => Domain[]) =>
    queries.setQueryData<Domains>(key, (before) => before && { ...before, items: with_(before.items) });

  const add = useAction(async () => {
    const body = { hostname: hostname.value.trim() };
    const made = await unwrap(api.POST('/api/projects/{id}/domains', { params: { path }, body }));
    hostname.value = '';
    change((items) => [...items, made]);
  });
  const check = useAction(async (domainId: string) => {
    const params = { path: { ...path, domainId } };
    const next = await unwrap(api.POST('/api/projects/{id}/domains/{domainId}/check', { params }));
    change((items) => items.map((one) => (one.id === domainId ? next : one)));
  });
  const remove = useAction(async (domainId: string) => {
    const params = { path: { ...path, domainId } };
    await unwrap(api.DELETE('/api/projects/{id}/domains/{domainId}', { params }));
    change((items) => items.filter((one) => one.id !== domainId));
    return true;
  });
  return {
    domains: computed(() => query.data.value?.items ?? []),
    byOperator: computed(() => query.data.value?.certificates === 'OPERATOR'),
    isLoaded: computed(() => query.data.value !== undefined),
    loadError: query.error,
    reload: () => query.refetch(),
    ...{ hostname, add, check, remove },
  };
}

import type { ChangedVariables, Variable, VariableKind } from '@talkide/contracts';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, reactive, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';
import { useToasts } from '@/stores/toasts';

/** Which releases a variable is for. */
export type Reach = 'BOTH' | VariableKind;
export interface NamedVariable {
  name: string;
  kinds: VariableKind[];
  /** The one set last. */
  latest: Variable;
}

const REACHES = ['BOTH', 'PREVIEW', 'PUBLISHED'] as const satisfies Reach[];

export const kindsOf = (reach: Reach): VariableKind[] => (reach === 'BOTH' ? ['PREVIEW', 'PUBLISHED'] : [reach]);

/** Variables by name. */
export function byName(items: readonly Variable[]): NamedVariable[] {
  const groups = Map.groupBy(items, ({ name }) => name);
  return [...groups].flatMap(([name, all]) => {
    const latest = all.reduce((last, one) => (one.updatedAt > last.updatedAt ? one : last), all[0] as Variable);
    return [{ name, kinds: all.map(({ kind }) => kind), latest }];
  });
}

/** Which releases can be chosen, in words. */
export function useReaches() {
  const { t } = useI18n();
  return REACHES.map((value) => ({ value, label: t(`workspace.variables.reach.${value}`) }));
}

/** The variables of a project, whose values go one way only. */
export function useVariables(projectId: string) {
  const queries = useQueryClient();
  const toasts = useToasts();
  const { t } = useI18n();
  const key = queryKeys.variables(projectId);
  const path = { id: projectId };
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => unwrap(api.GET('/api/projects/{id}/variables', { params: { path }, signal })),
  });
  const form = reactive({ name: '', value: '', dotenv: '', reach: 'BOTH' as Reach });
  const asText = ref(false);

  const take = ({ items, effects }: ChangedVariables) => {
    queries.setQueryData(key, { items });
    const restarts = Object.values(effects).some((effect) => effect !== 'NEXT_START');
    toasts.show(t(restarts ? 'workspace.variables.restarting' : 'workspace.variables.nextStart'));
  };
  const save = useAction(async () => {
    const name = form.name.trim();
    const given = asText.value ? { dotenv: form.dotenv } : { variables: [{ name, value: form.value }] };
    const body = { kinds: kindsOf(form.reach), variables: [], ...given };
    take(await unwrap(api.PUT('/api/projects/{id}/variables', { params: { path }, body })));
    Object.assign(form, { name: '', value: '', dotenv: '' });
  });
  const remove = useAction(async (name: string, reach: Reach) => {
    const params = { path: { ...path, name }, query: reach === 'BOTH' ? {} : { kind: reach } };
    take(await unwrap(api.DELETE('/api/projects/{id}/variables/{name}', { params })));
    return true;
  });

  return {
    variables: computed(() => byName(query.data.value?.items ?? [])),
    isLoaded: computed(() => query.data.value !== undefined),
    loadError: query.error,
    reload: () => query.refetch(),
    ...{ form, asText, save, remove },
    isReady: computed(() => (asText.value ? form.dotenv.trim() !== '' : form.name.trim() !== '')),
  };
}

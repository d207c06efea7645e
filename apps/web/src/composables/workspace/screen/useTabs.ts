import { Activity, Blocks, ChartColumn, CodeXml, Database, Eye, History, Settings2 } from '@lucide/vue';
import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRoute, useRouter } from 'vue-router';

export const TABS = ['preview', 'code', 'data', 'activity', 'versions', 'builds', 'monitor', 'settings'] as const;
export type Tab = (typeof TABS)[number];
const icons = {
  preview: Eye,
  code: CodeXml,
  data: Database,
  activity: Activity,
  versions: History,
  builds: Blocks,
  monitor: ChartColumn,
  settings: Settings2,
};
const isTab = (value: unknown): value is Tab => TABS.some((tab) => tab === value);

/** The panel's tabs; the open one is part of the address. */
export function useTabs() {
  const route = useRoute();
  const router = useRouter();
  const { t } = useI18n();
  const go = (tab: Tab, query: Record<string, string> = {}) =>
    router.push({ name: 'project', params: { projectId: route.params.projectId, tab }, query });
  return {
    tab: computed({
      get: (): Tab => (isTab(route.params.tab) ? route.params.tab : 'preview'),
      set: (next) => void go(next),
    }),
    /** Whether the address names a tab. */
    isNamed: computed(() => isTab(route.params.tab)),
    tabs: computed(() => TABS.map((value) => ({ value, label: t(`workspace.tab.${value}`), icon: icons[value] }))),
    go,
  };
}

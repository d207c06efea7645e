import { Languages, LayoutGrid, LogOut, MoonStar, Plus, ShieldCheck, UserRound, WalletCards } from '@lucide/vue';
import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import { type Command, useCommands } from '@/composables/commands/commands';
import { useLocaleChoice } from '@/composables/identity/useLocaleChoice';
import { useSignOut } from '@/composables/identity/useSignOut';
import { useProjects } from '@/composables/projects/useProjects';
import { accentHue } from '@/lib/accent';
import { useSession } from '@/stores/session';
import { useThemeChoice } from './useThemeChoice';

/** What the palette offers on every screen: projects, pages, and the choices of the account menu. */
export function useShellCommands(): void {
  const router = useRouter();
  const session = useSession();
  const { t } = useI18n();
  const { projects } = useProjects();
  const theme = useThemeChoice();
  const language = useLocaleChoice();
  const { signOut } = useSignOut();

  const actions = computed((): Command[] => {
    const group = t('common.palette.actions');
    return [
      { id: 'sign-out', group, label: t('common.signOut'), icon: LogOut, run: () => void signOut() },
      ...theme.options.value.map(({ value, label }) => ({
        id: `theme-${value}`,
        group,
        label: `${t('common.theme.label')}: ${label}`,
        icon: MoonStar,
        run: () => {
          theme.choice.value = value;
        },
      })),
      ...language.options.map(({ value, label }) => ({
        id: `language-${value}`,
        group,
        label: `${t('common.language')}: ${label}`,
        icon: Languages,
        run: () => {
          language.choice.value = value;
        },
      })),
    ];
  });
  useCommands(actions);

  const pages = computed((): Command[] => {
    const group = t('common.palette.pages');
    const go = (name: string) => () => void router.push({ name });
    return [
      { id: 'new-project', group, label: t('projects.new.title'), icon: Plus, run: go('new-project') },
      { id: 'studio', group, label: t('studio.title'), icon: LayoutGrid, run: go('studio') },
      { id: 'account', group, label: t('account.title'), icon: UserRound, run: go('account') },
      {
        id: 'billing',
        group,
        label: t('billing.title'),
        keywords: `${t('billing.balance.title')} ${t('billing.topUp.title')}`,
        icon: WalletCards,
        run: go('billing'),
      },
      ...(session.isOperator
        ? [{ id: 'operator', group, label: t('operator.title'), icon: ShieldCheck, run: go('operator') }]
        : []),
    ];
  });
  useCommands(pages);

  useCommands(
    computed(() =>
      projects.value.map((project) => ({
        id: `project-${project.id}`,
        group: t('common.palette.projects'),
        label: project.name,
        keywords: project.slug,
        accent: accentHue(project.accent),
        run: () => void router.push({ name: 'project', params: { projectId: project.id } }),
      })),
    ),
  );
}

import { CircleStop, MessageCirclePlus, Monitor, Rocket, RotateCw, Smartphone, Tablet, Undo2 } from '@lucide/vue';
import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { type Command, useCommands } from '@/composables/commands/commands';
import { useNewConversation } from '../conversation/useNewConversation';
import { useTurnActions } from '../conversation/useTurnActions';
import { useTurns } from '../conversation/useTurns';
import { DEVICES, useDevice } from '../preview/useDevice';
import { useWorkspace } from '../workspace';
import { useTabs } from './useTabs';

const deviceIcons = { phone: Smartphone, tablet: Tablet, full: Monitor };

/** What the palette offers in the workspace. */
export function useWorkspaceCommands(): void {
  const { project, publishing, preview, goingBack } = useWorkspace();
  const { t } = useI18n();
  const { tabs, go } = useTabs();
  const { current, isWorking } = useTurns();
  const { stop } = useTurnActions();
  const conversation = useNewConversation();
  const { device } = useDevice();

  const group = computed(() => project.value?.name ?? t('workspace.title'));
  useCommands(
    computed(() => [
      ...tabs.value.map(
        (tab): Command => ({
          id: `tab-${tab.value}`,
          group: group.value,
          label: t('workspace.command.openTab', { tab: tab.label }),
          icon: tab.icon,
          run: () => void go(tab.value),
        }),
      ),
      ...DEVICES.map(
        (one): Command => ({
          id: `device-${one}`,
          group: group.value,
          label: t('workspace.command.device', { device: t(`workspace.preview.device.${one}`) }),
          icon: deviceIcons[one],
          run: () => {
            device.value = one;
            void go('preview');
          },
        }),
      ),
    ]),
  );

  // Registered last, listed first.
  const actions = computed((): Command[] => {
    const turn = current.value;
    const undoable = goingBack.lastUndoable.value;
    return [
      { id: 'publish', label: t('workspace.publish.action'), icon: Rocket, run: () => void publishing.act() },
      ...(turn
        ? [{ id: 'stop', label: t('workspace.command.stop'), icon: CircleStop, run: () => void stop(turn.id) }]
        : []),
      ...(undoable && !isWorking.value
        ? [{ id: 'undo', label: t('workspace.command.undo'), icon: Undo2, run: () => goingBack.ask(undoable) }]
        : []),
      ...(turn
        ? []
        : [
            {
              id: 'new-conversation',
              label: t('workspace.conversation.start'),
              icon: MessageCirclePlus,
              run: () => void conversation.start(),
            },
          ]),
      { id: 'reload-preview', label: t('workspace.command.reload'), icon: RotateCw, run: () => preview.reload() },
    ].map((command) => ({ ...command, group: group.value }));
  });
  useCommands(actions);
}

import type { Act } from '../components/Footer.svelte';
import type { Session } from '../state/session.svelte';

/** Reads the changed folder and goes to signing what was read: from there it is one more click. */
export function lookAndSign(session: Session): Act {
  return {
    text: 'Look at the change and sign',
    act: () => void session.lookAgain('sign'),
    icon: 'again',
    busy: session.opening.running,
  };
}

/** Goes on after the key: to the plugin that is open, or to choosing one. */
export function nextTask(session: Session): Act {
  if (session.plugin) return { text: 'Continue to the plugin', act: () => session.go('plugin') };
  const act = () => void session.chooseFolder();
  return { text: 'Choose a plugin folder…', act, busy: session.dialogWaits };
}

/** Goes back to the list of keys. */
export function backToKeys(session: Session): Act {
  return { text: 'Back to your keys', act: () => session.keyLife.go({ kind: 'keys' }) };
}

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

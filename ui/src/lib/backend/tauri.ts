import { Channel, invoke } from '@tauri-apps/api/core';
import type { Backend } from './backend';
import type { BackendEvent } from './types';

/** The backend of the real window: one command for each method. No other file imports `@tauri-apps`. */
export const tauri: Backend = {
  // A channel keeps the events in order, and needs none of Tauri's own permissions.
  async subscribe(listener) {
    const channel = new Channel<BackendEvent>(listener);
    await invoke('subscribe', { channel });
    return () => {
      channel.onmessage = () => {};
    };
  },
  start: () => invoke('start'),
  cancel: (operation) => invoke('cancel', { operation }),

  checkKeyId: (keyId) => invoke('check_key_id', { keyId }),
  probeKeyring: (operation) => invoke('probe_keyring', { operation }),
  createKey: (operation, keyId, keeping) => invoke('create_key', { operation, keyId, keeping }),

  chooseFolder: () => invoke('choose_folder'),
  openPlugin: (operation, folder) => invoke('open_plugin', { operation, folder }),
  recentPlugins: () => invoke('recent_plugins'),
  forgetRecent: (folder) => invoke('forget_recent', { folder }),

  sign: (operation, folder, digest, key, passphrase) =>
    invoke('sign', { operation, folder, digest, key, passphrase }),

  composeEntry: (folder, key, edits) => invoke('compose_entry', { folder, key, edits }),
  saveEntry: (folder, key, edits) => invoke('save_entry', { folder, key, edits }),

  handOver: (key) => invoke('hand_over', { key }),
  savePublicKey: (key) => invoke('save_public_key', { key }),
};

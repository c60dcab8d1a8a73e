import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Backend } from './backend';
import type { BackendEvent } from './types';

/** The one event of the shell; its payload says which. */
const EVENT = 'backend';

/** The backend of the real window: one command for each method. No other file imports `@tauri-apps`. */
export const tauri: Backend = {
  subscribe: (listener) => listen<BackendEvent>(EVENT, ({ payload }) => listener(payload)),
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

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

  listKeys: (operation) => invoke('list_keys', { operation }),
  signedByKey: (key) => invoke('signed_by_key', { key }),
  chooseBackupPlace: (key) => invoke('choose_backup_place', { key }),
  backUpKey: (operation, key, passphrase, file, newPassphrase) =>
    invoke('back_up_key', { operation, key, passphrase, file, newPassphrase }),
  checkBackup: (operation, key, file, passphrase) =>
    invoke('check_backup', { operation, key, file, passphrase }),
  chooseKeyFile: () => invoke('choose_key_file'),
  adoptKey: (operation, file, passphrase, keyId, keeping) =>
    invoke('adopt_key', { operation, file, passphrase, keyId, keeping }),
  suggestSuccessor: (key) => invoke('suggest_successor', { key }),
  rotateKey: (operation, key, newKeyId, keeping) =>
    invoke('rotate_key', { operation, key, newKeyId, keeping }),
  rotation: (key) => invoke('rotation', { key }),
  revokeKey: (key, reason) => invoke('revoke_key', { key, reason }),
  revocation: (key) => invoke('revocation', { key }),
  saveNotice: (key) => invoke('save_notice', { key }),
  planDeletion: (operation, key) => invoke('plan_deletion', { operation, key }),
  deleteKey: (operation, key, typed, onlyCopy) =>
    invoke('delete_key', { operation, key, typed, onlyCopy }),
  forgetKey: (operation, key, typed) => invoke('forget_key', { operation, key, typed }),

  chooseFolder: () => invoke('choose_folder'),
  openPlugin: (operation, folder) => invoke('open_plugin', { operation, folder }),
  previewEdit: (folder, edit) => invoke('preview_edit', { folder, edit }),
  applyEdit: (operation, folder, edit) => invoke('apply_edit', { operation, folder, edit }),
  choosePackage: () => invoke('choose_package'),
  checkPackage: (operation, file, folder) => invoke('check_package', { operation, file, folder }),
  checkCommitted: (operation, folder) => invoke('check_committed', { operation, folder }),
  recentPlugins: () => invoke('recent_plugins'),
  forgetRecent: (folder) => invoke('forget_recent', { folder }),

  sign: (operation, folder, digest, key, passphrase) =>
    invoke('sign', { operation, folder, digest, key, passphrase }),

  composeEntry: (folder, key, edits) => invoke('compose_entry', { folder, key, edits }),
  saveEntry: (folder, key, edits) => invoke('save_entry', { folder, key, edits }),

  entryGoal: (folder) => invoke('entry_goal', { folder }),
  rememberEntryGoal: (folder, goal) => invoke('remember_entry_goal', { folder, goal }),
  reviewEntry: (operation, folder, key) => invoke('review_entry', { operation, folder, key }),
  chooseIndex: (folder) => invoke('choose_index', { folder }),
  planIndex: (operation, folder, key, edits, index) =>
    invoke('plan_index', { operation, folder, key, edits, index }),
  writeIndex: (operation, folder, key, edits, index, shown) =>
    invoke('write_index', { operation, folder, key, edits, index, shown }),
  saveKit: (kit) => invoke('save_kit', { kit }),
  chooseCheckout: (folder) => invoke('choose_checkout', { folder }),
  planSubmission: (operation, folder, key, checkout, wish) =>
    invoke('plan_submission', { operation, folder, key, checkout, wish }),
  copySubmission: (operation, folder, key, checkout, wish, shown) =>
    invoke('copy_submission', { operation, folder, key, checkout, wish, shown }),
  runIndexScript: (operation, folder, key, checkout, wish, shown) =>
    invoke('run_index_script', { operation, folder, key, checkout, wish, shown }),

  handOver: (key) => invoke('hand_over', { key }),
  savePublicKey: (key) => invoke('save_public_key', { key }),
  rehearseHandOver: (operation, key, saved, plugin) =>
    invoke('rehearse_hand_over', { operation, key, saved, plugin }),
};

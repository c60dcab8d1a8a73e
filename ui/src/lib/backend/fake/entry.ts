import type {
  ChosenFile,
  EntryCheck,
  EntryEdit,
  EntryGoal,
  EntryGoalWish,
  FileHandle,
  FolderHandle,
  IndexAnswer,
  IndexChange,
  KeyHandle,
  KitHandle,
  Operation,
  SaveAnswer,
} from '../types';
import { PULL_REQUEST } from './entry-data';
import { FakeShipping } from './shipped';

/** The part of the fake that brings an entry where it goes. */
export abstract class FakeEntry extends FakeShipping {
  async entryGoal(folder: FolderHandle): Promise<EntryGoal | null> {
    await this.answer('entryGoal', 0, [folder], 0);
    return this.setup.goal;
  }

  async rememberEntryGoal(folder: FolderHandle, goal: EntryGoalWish): Promise<null> {
    await this.answer('rememberEntryGoal', 0, [folder, goal], 0);
    return null;
  }

  async reviewEntry(operation: Operation, folder: FolderHandle, key: KeyHandle): Promise<EntryCheck[]> {
    await this.answer('reviewEntry', operation, [folder, key], 1, ['hashing']);
    return this.setup.checks;
  }

  async chooseIndex(folder: FolderHandle): Promise<ChosenFile | null> {
    await this.answer('chooseIndex', 0, [folder], 0);
    return this.setup.indexFile;
  }

  async planIndex(
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
    edits: EntryEdit[],
    index: FileHandle,
  ): Promise<IndexChange> {
    await this.answer('planIndex', operation, [folder, key, edits, index], 1);
    return this.setup.indexChange;
  }

  async writeIndex(
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
    edits: EntryEdit[],
    index: FileHandle,
    shown: string,
  ): Promise<IndexAnswer> {
    await this.answer('writeIndex', operation, [folder, key, edits, index, shown], 1);
    const { indexNow, indexChange } = this.setup;
    if (indexNow && indexNow.shown !== shown) return { kind: 'stale', change: indexNow };
    const { where, name, act, line } = indexNow ?? indexChange;
    const { noPullRequest } = this.setup;
    const pullRequest = noPullRequest ? null : PULL_REQUEST;
    return { kind: 'written', where, name, act, line, pullRequest, noPullRequest };
  }

  async saveKit(kit: KitHandle): Promise<SaveAnswer> {
    await this.answer('saveKit', 0, [kit], 0);
    return this.saved(kit === PULL_REQUEST.kit ? PULL_REQUEST.branch : 'plugin-myorg.virustotal-1.0.0');
  }
}

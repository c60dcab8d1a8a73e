import type {
  ChosenFolder,
  CopyAnswer,
  FolderHandle,
  KeyHandle,
  Operation,
  ScriptAnswer,
  Submission,
  SubmissionWish,
} from '../types';
import { FakeEntry } from './entry';
import { applied, copied, wished } from './submission-data';

/** The part of the fake that brings a plugin into a clone of AiSOC's repository. */
export abstract class FakeSubmission extends FakeEntry {
  async chooseCheckout(folder: FolderHandle): Promise<ChosenFolder | null> {
    await this.answer('chooseCheckout', 0, [folder], 0);
    return this.setup.clone;
  }

  async planSubmission(
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
    checkout: FolderHandle,
    wish: SubmissionWish,
  ): Promise<Submission> {
    await this.answer('planSubmission', operation, [folder, key, checkout, wish], 1, ['hashing']);
    return wished(this.setup.submission, wish);
  }

  async copySubmission(
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
    checkout: FolderHandle,
    wish: SubmissionWish,
    shown: string,
  ): Promise<CopyAnswer> {
    await this.answer('copySubmission', operation, [folder, key, checkout, wish, shown], 1, ['hashing']);
    const submission = wished(this.setup.submissionNow ?? this.setup.submission, wish);
    if (submission.shown !== shown) return { kind: 'stale', submission };
    const { script, noScript } = this.setup;
    this.setup.submission = applied(submission);
    this.setup.submissionNow = null;
    return { kind: 'copied', copied: copied(submission, noScript ? null : script, noScript) };
  }

  async runIndexScript(
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
    checkout: FolderHandle,
    wish: SubmissionWish,
    shown: string,
  ): Promise<ScriptAnswer> {
    await this.answer('runIndexScript', operation, [folder, key, checkout, wish, shown], 1);
    const script = this.setup.scriptNow ?? this.setup.script;
    if (script.shown !== shown) return { kind: 'stale', script };
    const { submission, built } = this.setup;
    const ready = copied(submission, script, null).commands.length > 0;
    return { kind: 'ran', built: ready ? built : { ...built, commands: [], pullRequest: null } };
  }
}

import type { Session } from '../../state/session.svelte';
import { FakeBackend } from './fake';
import { scenario } from './scenarios';

/** Makes the fake that the page's address names with `?state=NAME`, and the rest of the way there. */
export function fromAddress(search: string): {
  backend: FakeBackend;
  arrange: (session: Session) => Promise<void>;
} {
  const { setup, arrange } = scenario(new URLSearchParams(search).get('state'));
  const backend = new FakeBackend(setup);
  return { backend, arrange: async (session) => arrange?.(session, backend) };
}

/** Lets a folder be dragged over a browser's window as over the real one. */
export function listenForDrops(backend: FakeBackend, target: Window): void {
  target.addEventListener('dragover', (event) => {
    event.preventDefault();
    backend.emit({ kind: 'drag-over' });
  });
  target.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) backend.emit({ kind: 'drag-left' });
  });
  target.addEventListener('drop', (event) => {
    event.preventDefault();
    backend.emit({ kind: 'folder-dropped', folder: 'f1' });
  });
}

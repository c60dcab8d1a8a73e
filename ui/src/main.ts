import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import type { Backend } from './lib/backend/backend';
import { tauri } from './lib/backend/tauri';
import { Session } from './lib/state/session.svelte';

function show(backend: Backend): Session {
  const session = new Session(backend);
  const target = document.getElementById('app');
  if (target) mount(App, { target, props: { session } });
  return session;
}

if (__WITH_FAKE__ && !('__TAURI_INTERNALS__' in window)) {
  const { fromAddress, listenForDrops } = await import('./lib/backend/fake/start');
  const { backend, arrange } = fromAddress(window.location.search);
  listenForDrops(backend, window);
  const session = show(backend);
  const arranged = session.start().then(() => arrange(session));
  Object.assign(window, { __fake: { backend, session, arranged } });
} else {
  void show(tauri).start();
}

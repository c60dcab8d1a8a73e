/**
 * The content security policy that the UI is built for and tested under.
 *
 * `connect-src` names Tauri's two IPC addresses; 'self' stands in for them where a browser runs the fake.
 */
export const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src ipc: http://ipc.localhost 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

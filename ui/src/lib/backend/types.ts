/**
 * What crosses between the window and its backend: view models, no paths to open, no secrets.
 *
 * Shapes are what serde writes: camelCase fields, unions tagged by `kind`, kebab-case names, `null` for what is
 * not there. Numbers are integers below 2^53. Times are RFC 3339 in UTC. A "display" string is for reading only.
 *
 * The types themselves, with what each field means, are written in Rust, in `src-tauri/src/view/`.
 */
export type * from './generated';

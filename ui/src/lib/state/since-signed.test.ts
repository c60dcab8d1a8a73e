import { describe, expect, it } from 'vitest';
import { EDITED_PLUGIN, OTHER_PLUGIN, PLUGIN, SIGNED_PLUGIN } from '../backend/fake/data';
import type { PluginView } from '../backend/types';
import { sinceSigned } from './since-signed';

const files = (plugin: PluginView) => plugin.payload?.files ?? [];

describe('sinceSigned', () => {
  it('names what was changed, added and removed', () => {
    const [first, second, ...rest] = files(SIGNED_PLUGIN);
    if (!first || !second) throw new Error('the sample has files');
    const now: PluginView = {
      ...PLUGIN,
      payload: {
        ...(PLUGIN.payload as NonNullable<PluginView['payload']>),
        digest: '0'.repeat(64),
        files: [{ ...second, sha256: 'f'.repeat(64) }, ...rest, { ...first, path: 'zz.py' }],
        manifestJson: '{}',
      },
    };
    expect(sinceSigned(SIGNED_PLUGIN, now)?.changes).toEqual({
      added: ['zz.py'],
      removed: [first.path],
      changed: [second.path],
      manifestChanged: true,
    });
  });

  it('names the version that both have, and none where it was changed', () => {
    expect(sinceSigned(SIGNED_PLUGIN, EDITED_PLUGIN)?.sameVersion).toBe('1.0.0');
    const manifest = EDITED_PLUGIN.manifest;
    if (!manifest) throw new Error('the sample has a manifest');
    const released = { ...EDITED_PLUGIN, manifest: { ...manifest, version: { ...manifest.version, text: '1.1.0' } } };
    expect(sinceSigned(SIGNED_PLUGIN, released)?.sameVersion).toBeNull();
  });

  it('knows nothing of another folder, and nothing where nothing differs', () => {
    expect(sinceSigned(SIGNED_PLUGIN, OTHER_PLUGIN)).toBeNull();
    expect(sinceSigned(SIGNED_PLUGIN, PLUGIN)).toBeNull();
    expect(sinceSigned(null, EDITED_PLUGIN)).toBeNull();
  });
});

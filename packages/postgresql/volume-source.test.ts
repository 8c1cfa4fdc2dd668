import { spawnSync } from 'node:child_process';
import { platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const SCRIPT = fileURLToPath(new URL('files/volume-source.sh', import.meta.url));
const runsHere = platform() === 'linux';
const DATA = '/var/lib/postgresql/data';
const OVERLAY = '704 452 0:187 / / ro,relatime - overlay overlay rw,lowerdir=/var/lib/containerd/1/fs';

// Lines of real pods.
(runsHere ? describe : describe.skip)('what the data are on', () => {
  const source = (...mounts: readonly string[]) => {
    const { status, stdout } = spawnSync(
      'bash',
      ['-euc', '. "$1"; volume_source "$2"', 'bash', SCRIPT, DATA],
      {
        input: `${[OVERLAY, ...mounts].join('\n')}\n`,
        encoding: 'utf8',
      },
    );
    return [status, stdout.trim()];
  };

  test.each([
    ['a disk', `805 704 259:1 / ${DATA} rw,relatime - ext4 /dev/nvme1n1 rw`, 'ext4 /dev/nvme1n1'],
    ['a folder', `805 704 254:0 /volumes/pvc-42f7 ${DATA} rw shared:1 - ext4 /dev/vda rw`, 'ext4 /dev/vda'],
    ['a share', `805 704 0:52 /export/1 ${DATA} rw - nfs4 10.0.0.1:/export/1 rw`, 'nfs4 10.0.0.1:/export/1'],
  ])('is %s: served', (_, mount, said) => {
    expect(source(mount)).toEqual([0, said]);
  });

  const made = '1467 704 254:0 /var/lib/containerd/io.containerd.grpc.v1.cri/containers/1810/volumes/6bca';
  const empty = '762 704 254:0 /var/lib/kubelet/pods/1b4a/volumes/kubernetes.io~empty-dir/data';
  test.each([
    ['nothing', '763 706 0:196 / /dev/shm rw,relatime - tmpfs tmpfs rw', /^nothing, so they would be/],
    ['memory', `763 706 0:196 / ${DATA} rw,relatime - tmpfs tmpfs rw`, /^tmpfs, which goes with the pod$/],
    ['an emptyDir', `${empty} ${DATA} rw,relatime - ext4 /dev/vda rw`, /^an emptyDir, which goes/],
    ['what the image’s VOLUME made', `${made} ${DATA} rw - ext4 /dev/vda rw`, /^a volume that the container/],
  ])('is %s: refused', (_, mount, said) => {
    expect(source(mount)).toEqual([1, expect.stringMatching(said)]);
  });

  test('is the last of two mounts, which covers the first', () => {
    const disk = `805 704 259:1 / ${DATA} rw,relatime - ext4 /dev/nvme1n1 rw`;
    expect(source(`${made} ${DATA} rw - ext4 /dev/vda rw`, disk)).toEqual([0, 'ext4 /dev/nvme1n1']);
    expect(source(disk, `${empty} ${DATA} rw - ext4 /dev/vda rw`)).toEqual([1, expect.any(String)]);
  });
});
